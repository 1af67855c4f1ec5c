"""What happens in a shipper's cases reaches its own system, in order by case and at least once.

`owe_events` stands in migration 0100, `tell_endpoints` in 0111.
"""

from __future__ import annotations

import threading
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.cases import service as cases
from app.cases.timeline.facts import Acknowledged
from app.db import connection as db
from app.db.connection import Connection
from app.outbound import rules
from app.outbound.rules import RETRIES, After
from tests.outbound.conftest import Shop, rows
from tests.web import eventually, problem


def timeline(case_id: int) -> list[str]:
    """What a shipper may read of a case, as ids of events."""
    kinds = rows("SELECT id, kind FROM timeline WHERE case_id = %s ORDER BY id", case_id)
    return [f"evt_{row['id']}" for row in kinds]


def test_everything_that_happens_is_told_signed_and_in_order(shop: Shop) -> None:
    shop.endpoint("/all")
    case_id = shop.web.play.courier(parcel="told")
    shop.web.play.acknowledge(case_id, note="internal: gate code 4711")
    shop.web.play.close(case_id, "refunded")
    shop.told()
    took = shop.receiver.took["/all"]
    assert [event["data"]["event_id"] for event in took] == timeline(case_id)
    assert took[0]["type"] == "case.courier_failed"
    assert took[0]["data"]["case"]["tracking_number"] == "told"
    assert took[-1]["type"] == "case.closed"
    assert "4711" not in str(took)


def test_only_what_was_asked_for_is_told_and_nothing_of_before(shop: Shop) -> None:
    before = shop.web.play.courier(parcel="before")
    shop.endpoint("/closed", "closed")
    case_id = shop.web.play.courier(parcel="after")
    shop.web.play.close(case_id, "refunded")
    shop.told()
    (event,) = shop.receiver.took["/closed"]
    assert (event["type"], event["data"]["case"]["id"]) == ("case.closed", case_id)
    shop.web.play.close(before, "mistake")


def test_what_is_internal_is_passed_over_and_what_follows_is_told(shop: Shop) -> None:
    case_id = shop.web.play.courier(parcel="quiet")
    shop.endpoint("/quiet")
    for text, who in (("between us", "internal"), ("for you", "shipper")):
        said = {"text": text, "visibility": who}
        assert shop.web.api("POST", f"/cases/{case_id}/notes", json=said).status_code == 201
    shop.told()
    (event,) = shop.receiver.took["/quiet"]
    assert event["data"]["facts"]["text"] == "for you"
    assert rows("SELECT 1 FROM webhook_lanes") == []


def test_what_is_not_taken_is_tried_again_and_the_next_of_its_case_waits(shop: Shop) -> None:
    endpoint = shop.endpoint("/flaky")
    shop.receiver.answers["/flaky"] = [500, "close", 302]
    case_id = shop.web.play.courier(parcel="flaky")
    other = shop.web.play.courier(parcel="beside")
    shop.told()
    for wait in RETRIES[:4]:
        shop.later(seconds=wait.total_seconds() * 1.2)
    ids = shop.receiver.ids("/flaky")
    mine, theirs = timeline(case_id), timeline(other)
    assert [one for one in ids if one in mine] == mine
    assert [one for one in ids if one in theirs] == theirs
    assert "/elsewhere" not in shop.receiver.asked
    tried = {one["tries"] for one in shop.deliveries(endpoint)}
    assert max(tried) > 1


def test_a_failing_endpoint_is_paused_after_three_days_and_hears_it_all_when_it_goes_on(
    shop: Shop,
) -> None:
    endpoint = shop.endpoint("/down")
    shop.receiver.answers["/down"] = [503] * 500
    case_id = shop.web.play.courier(parcel="down")
    shop.told()
    for _ in range(12):
        shop.later(hours=8)
    (shown,) = shop.api("GET")["items"]
    assert (shown["state"], shown["why"]) == ("paused", "failing")
    (mail,) = rows(
        """SELECT w.text, m.audience FROM messages m JOIN message_words w ON w.message_id = m.id
            WHERE m.topic = 'webhooks'"""
    )
    assert "/down" in mail["text"]
    asked = shop.receiver.asked["/down"]
    shop.web.play.close(case_id, "refunded")
    shop.later(days=1)
    assert shop.receiver.asked["/down"] == asked
    shop.receiver.answers["/down"] = []
    shop.api("PATCH", f"/{endpoint}", json={"state": "active"})
    shop.told()
    mine = timeline(case_id)  # others' cases had news of their own in these days
    assert [one for one in shop.receiver.ids("/down") if one in mine] == mine


def test_what_was_under_way_while_it_was_paused_is_told_when_it_goes_on(shop: Shop) -> None:
    """It began before, is not committed yet when the endpoint goes on, and is after that."""
    endpoint = shop.endpoint("/late")
    case_id = shop.web.play.courier(parcel="late")
    shop.told()
    shop.api("PATCH", f"/{endpoint}", json={"state": "paused"})

    def goes_on() -> None:
        try:
            shop.api("PATCH", f"/{endpoint}", json={"state": "active"})
        finally:
            db.close()

    with db.transaction() as conn:
        facts = Acknowledged(task_id=1, outcome="", note="", kind="failure")
        cases.note(conn, [cases.Entry(case_id, facts, "Ana")], clock.now())
        thread = threading.Thread(target=goes_on)
        thread.start()
        eventually(lambda: not thread.is_alive() or is_waited_for(conn))
    thread.join()
    shop.told()
    mine = timeline(case_id)
    assert [one for one in shop.receiver.ids("/late") if one in mine] == mine


def is_waited_for(conn: Connection) -> bool:
    sql = "SELECT 1 FROM pg_locks WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    return conn.execute(sql).fetchone() is not None


def test_one_that_is_gone_is_told_nothing_more(shop: Shop) -> None:
    shop.endpoint("/gone")
    shop.receiver.answers["/gone"] = [410] * 9
    shop.web.play.close(shop.web.play.courier(parcel="gone"), "refunded")
    shop.told()
    assert shop.receiver.asked["/gone"] <= rules.OF_ONE
    (shown,) = shop.api("GET")["items"]
    assert (shown["state"], shown["why"]) == ("ended", "gone")


def test_one_that_hangs_leaves_room_for_the_others(shop: Shop) -> None:
    shop.endpoint("/hangs")
    shop.endpoint("/quick")
    shop.receiver.answers["/hangs"] = ["hang"] * 50
    cases = [shop.web.play.courier(parcel=f"hang-{number}") for number in range(6)]
    events = sorted(event for case_id in cases for event in timeline(case_id))
    while len(shop.receiver.took["/quick"]) < len(events):
        shop.hooks._looked = 0.0
        shop.hooks.turn()
        shop.woken.wait(0.2)
        shop.woken.clear()
    assert sorted(shop.receiver.ids("/quick")) == events
    assert shop.receiver.most_at_once["/hangs"] == rules.OF_ONE
    shop.receiver.answers["/hangs"] = []


def test_it_is_replayed_from_a_point_under_the_same_ids(shop: Shop) -> None:
    case_id = shop.web.play.courier(parcel="again")
    endpoint = shop.endpoint("/again", "courier_failed")
    since = (clock.now() - timedelta(hours=1)).isoformat()
    owed = shop.api("POST", f"/{endpoint}/replay", status=202, json={"since": since})["events"]
    shop.api("POST", f"/{endpoint}/replay", status=202, json={"since": since})
    shop.told()
    first = shop.receiver.ids("/again")
    assert timeline(case_id)[0] in first
    assert len(first) == owed == len(set(first))
    shop.api("POST", f"/{endpoint}/replay", status=202, json={"since": since})
    shop.told()
    assert sorted(shop.receiver.ids("/again")) == sorted([*first, *first])
    shop.api("POST", f"/{endpoint}/replay", status=422, json={"since": "2020-01-01T00:00:00Z"})


def test_a_new_secret_and_the_former_both_sign_for_a_day(shop: Shop) -> None:
    endpoint = shop.endpoint("/turn")
    shop.api("POST", f"/{endpoint}/test", status=202)
    shop.told()
    shop.api("PATCH", f"/{endpoint}", json={"rotate_secret": True})
    shop.api("POST", f"/{endpoint}/test", status=202)
    shop.told()  # the receiver still verifies with the former
    assert [event["type"] for event in shop.receiver.took["/turn"]] == ["test", "test"]
    fresh = shop.api("PATCH", f"/{endpoint}", json={"rotate_secret": True})["secret"]
    shop.receiver.secret("/turn", fresh)
    shop.api("POST", f"/{endpoint}/test", status=202)
    shop.told()
    assert len(shop.receiver.took["/turn"]) == 3


def test_the_log_has_bodies_and_answers(shop: Shop) -> None:
    endpoint = shop.endpoint("/log")
    shop.receiver.answers["/log"] = [500]
    shop.api("POST", f"/{endpoint}/test", status=202)
    shop.told()
    (one,) = shop.deliveries(endpoint)
    assert (one["state"], one["status"], one["tries"]) == ("waiting", 500, 1)
    assert one["next_try_at"]
    assert '"type":"test"' in one["body"]
    assert one["answer"] == "<script>alert(1)</script>"
    shop.later(seconds=10)
    (one,) = shop.deliveries(endpoint)
    assert (one["state"], one["status"], one["tries"]) == ("taken", 204, 2)


def test_an_endpoint_is_its_shippers_and_leads_outside(shop: Shop) -> None:
    endpoint = shop.endpoint("/mine")
    with shop.web.app.app_context():
        other = rows(
            """INSERT INTO shippers (slug, name, country, policy_id, created_at)
               SELECT 'other', 'Other', 'US', policy_id, created_at FROM shippers LIMIT 1
               RETURNING id"""
        )[0]["id"]
    shop.web.keys["other"] = shop.web.key("shipper", shipper_id=other)
    for method, path in (("GET", "/deliveries"), ("DELETE", ""), ("POST", "/test")):
        shop.api(method, f"/{endpoint}{path}", status=404, by="other")
    assert shop.api("GET", by="other")["items"] == []
    shop.api("GET", status=422, by="admin")
    for url in ("ftp://shop.example/x", "https://", "https://user:pw@shop.example/", "nonsense"):
        answer = shop.web.api("POST", "/webhook-endpoints", by="shipper", json={"url": url})
        assert problem(answer)["code"] == "endpoint_unusable"
    answer = shop.web.api(
        "POST",
        "/webhook-endpoints",
        by="shipper",
        json={"url": "https://a.example", "kinds": ["x"]},
    )
    assert answer.status_code == 422


@given(st.one_of(st.none(), st.integers(100, 599)), st.integers(1, 20))
def test_every_answer_means_something_and_tries_come_to_an_end(
    status: int | None, tries: int
) -> None:
    said = rules.after(status, tries)
    if status is not None and 200 <= status < 300:
        assert said is After.TAKEN
    elif status == 410:
        assert said is After.ENDED
    else:
        assert said is (After.AGAIN if tries <= len(RETRIES) else After.GIVEN_UP)
    if said is After.AGAIN:
        assert rules.wait(tries, Random(tries)) > timedelta()


def test_tries_are_spread_over_three_days() -> None:
    assert timedelta(days=2, hours=20) < sum(RETRIES, timedelta()) < timedelta(days=3, hours=4)


pytestmark = pytest.mark.usefixtures("receiver")

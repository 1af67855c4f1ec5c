"""Dispatch tasks over the API: listed, taken on, passed on, and the truth for whoever is late."""

from __future__ import annotations

from datetime import timedelta

from app import clock
from app.db.connection import connection, transaction
from app.dispatch import store
from tests import courier
from tests.inline import settle
from tests.web import Web, problem, rows, web

__all__ = ["web"]


def task(web: Web, parcel: str) -> tuple[int, int]:
    """A fresh case and its task."""
    case_id = web.post(courier.said(parcel=parcel)).get_json()["case_id"]
    settle()
    (row,) = rows("SELECT id FROM dispatch_tasks WHERE case_id = %s", case_id)
    return case_id, row["id"]


def act(web: Web, task_id: int, verb: str, **body: str):
    answer = web.api("POST", f"/dispatch-tasks/{task_id}/{verb}", json=body)
    settle()
    return answer


def test_acknowledging_twice_is_fine_and_says_who_and_when(web: Web):
    _, task_id = task(web, "ack")
    first = act(web, task_id, "acknowledge", note="on it", outcome="deliver_again").get_json()
    again = web.api("POST", f"/dispatch-tasks/{task_id}/acknowledge", "admin").get_json()
    assert (first["fresh"], again["fresh"]) == (True, False)
    assert first["acknowledged_by"] == again["acknowledged_by"] == "Ana"
    assert first["acknowledged_at"] == again["acknowledged_at"]


def test_after_the_delivery_it_is_over_and_the_detail_says_so(web: Web):
    case_id, task_id = task(web, "over")
    web.post(courier.said("delivered", "over"))
    settle()
    for verb in ("acknowledge", "pass-on", "resolve"):
        document = problem(act(web, task_id, verb))
        assert (document["status"], document["code"]) == (409, "task_over")
        assert "delivered" in document["detail"]
    for verb, body in (("escalate", None), ("snooze", {"minutes": 5})):
        document = problem(web.api("POST", f"/cases/{case_id}/{verb}", json=body))
        assert (document["status"], document["code"]) == (409, "nothing_to_escalate")


def test_tasks_are_listed_by_state(web: Web):
    _, waiting = task(web, "waiting")
    _, taken = task(web, "taken")
    act(web, taken, "acknowledge")
    listed = {
        state: {
            item["id"]
            for item in web.api("GET", f"/dispatch-tasks?state={state}").get_json()["items"]
        }
        for state in ("open", "acknowledged")
    }
    assert waiting in listed["open"] - listed["acknowledged"]
    assert taken in listed["acknowledged"] - listed["open"]
    (one,) = (
        item
        for item in web.api("GET", "/dispatch-tasks").get_json()["items"]
        if item["id"] == waiting
    )
    assert (one["tracking_number"], one["kind"], one["level"]) == ("waiting", "failure", 1)
    assert problem(web.api("GET", "/dispatch-tasks?state=lost"))["code"] == "invalid"


def test_the_list_comes_in_pages(web: Web):
    for n in range(3):
        task(web, f"many-{n}")
    seen = list(web.walk("/dispatch-tasks", limit=1))
    assert len(seen) == len(set(seen)) >= 3


def test_passing_on_and_escalating_call_the_next(web: Web):
    case_id, task_id = task(web, "next")
    assert act(web, task_id, "pass-on").get_json()["state"] == "open"
    assert web.api("POST", f"/cases/{case_id}/escalate").status_code == 200
    settle()
    (row,) = rows("SELECT level FROM dispatch_tasks WHERE id = %s", task_id)
    assert row["level"] == 3


def test_resolving_tells_the_result(web: Web):
    _, task_id = task(web, "done")
    done = act(web, task_id, "resolve", outcome="reached_customer", note="home at six").get_json()
    assert (done["state"], done["outcome"], done["note"]) == (
        "resolved",
        "reached_customer",
        "home at six",
    )
    assert done["acknowledged_by"] == "Ana"


def test_old_news_is_listed_apart_and_begun_once(web: Web):
    long_ago = clock.now() - timedelta(days=700)
    case_id = web.post(courier.said(parcel="long ago", at=long_ago)).get_json()["case_id"]
    settle()
    listed = web.api("GET", "/dispatch-tasks?state=aside").get_json()["items"]
    assert case_id in {item["case_id"] for item in listed}
    assert web.api("GET", f"/cases/{case_id}").get_json()["aside_until"]
    task_id = next(item["id"] for item in listed if item["case_id"] == case_id)
    for verb in ("acknowledge", "pass-on", "resolve"):
        assert problem(act(web, task_id, verb))["code"] == "set_aside"
    begun = [web.api("POST", f"/cases/{case_id}/begin").get_json() for _ in range(2)]
    assert [answer["begun_now"] for answer in begun] == [True, False]
    assert begun[0]["case"]["aside_until"] is None
    web.api("POST", f"/cases/{case_id}/close", json={"resolution": "mistake"})
    assert problem(web.api("POST", f"/cases/{case_id}/begin"))["code"] == "case_closed"
    assert problem(web.api("POST", "/cases/999999/begin"))["code"] == "no_such_case"


def test_an_act_without_words_refuses_words_it_does_not_understand(web: Web):
    case_id, task_id = task(web, "wordless")
    for path in (
        f"/dispatch-tasks/{task_id}/pass-on",
        f"/cases/{case_id}/escalate",
        f"/cases/{case_id}/begin",
    ):
        for body, status in ((b"{]", 400), (b"[1]", 422), (b'{"levle": 2}', 422)):
            answer = web.api("POST", path, data=body, content_type="application/json")
            assert (answer.status_code, bool(problem(answer)["code"])) == (status, True)
    (unchanged,) = rows("SELECT level FROM dispatch_tasks WHERE id = %s", task_id)
    assert unchanged["level"] == 1


def test_tasks_of_any_state_behind_a_long_history_are_found_at_once(web: Web):
    """Most are done, open ones come last and few were withdrawn: no statistics say where."""
    done, task_id = task(web, "history")
    connection().execute(
        """INSERT INTO dispatch_tasks (case_id, depot_id, account_id, kind, round, state,
                                       resolved_at, created_at)
           SELECT %s, 1, 1, 'failure', n,
                  CASE WHEN n >= 40000 THEN 'open' WHEN n %% 300 = 0 THEN 'withdrawn'
                       ELSE 'resolved' END, now(), now()
             FROM generate_series(10, 41500) n""",
        [done],
    )
    connection().execute(
        "UPDATE dispatch_tasks SET state = 'resolved', resolved_at = now() WHERE id = %s", [task_id]
    )
    connection().execute("ANALYZE dispatch_tasks")
    for state in ("open", "withdrawn", "resolved"):
        first = page_of_tasks(state, after=0)
        then = page_of_tasks(state, after=first[-1])
        assert (len(first), len(then)) == (50, 50)
        assert [*first, *then] == sorted({*first, *then})


def page_of_tasks(state: str, after: int) -> list[int]:
    """The ids of fifty tasks in a state; no others are looked at for them."""
    read = (
        "SELECT idx_tup_fetch AS n FROM pg_stat_xact_user_tables WHERE relname = 'dispatch_tasks'"
    )
    with transaction() as conn:
        (before,) = rows(read)
        found = [row["id"] for row in store.listing(conn, state, after, 50)]
        (now,) = rows(read)
    assert now["n"] - before["n"] <= 2 * len(found) + 10  # found, and read
    return found


def test_what_was_passed_on_since_somebody_looked_is_not_passed_on_twice(web: Web):
    _, task_id = task(web, "twice")
    level = web.api("POST", f"/dispatch-tasks/{task_id}/pass-on").get_json()["level"]
    settle()
    for _ in range(2):
        answer = web.api("POST", f"/dispatch-tasks/{task_id}/pass-on", json={"level": level})
        assert (answer.status_code, answer.get_json()["code"]) == (409, "passed_on")
    (row,) = rows("SELECT level FROM dispatch_tasks WHERE id = %s", task_id)
    assert row["level"] == level + 1


def test_who_has_it_says_until_when_they_need_it(web: Web):
    _, task_id = task(web, "longer")
    until = (clock.now() + timedelta(hours=20)).isoformat()
    early = problem(act(web, task_id, "longer", until=until))
    assert (early["status"], early["code"]) == (409, "nobody_has_it")
    act(web, task_id, "acknowledge")
    taken = web.api("GET", "/dispatch-tasks?state=acknowledged").get_json()["items"]
    assert next(item for item in taken if item["id"] == task_id)["done_by"] is not None
    assert act(web, task_id, "longer", until=until).get_json()["done_by"] == until
    late = (clock.now() + timedelta(days=300)).isoformat()
    assert problem(act(web, task_id, "longer", until=late))["code"] == "too_late"
    past = (clock.now() - timedelta(hours=1)).isoformat()
    assert problem(act(web, task_id, "longer", until=past))["code"] == "hour_passed"
    bad = problem(act(web, task_id, "longer", until="soon"))
    assert (bad["status"], bad["errors"][0]["field"]) == (422, "until")


def test_calls_are_put_off_for_minutes_until_a_time_or_until_an_event(web: Web):
    case_id, _ = task(web, "snooze")

    def snooze(**body: object):
        return web.api("POST", f"/cases/{case_id}/snooze", json=body)

    until = (clock.now() + timedelta(hours=3)).isoformat()
    minutes = snooze(minutes=10).get_json()
    assert (minutes["wakes_on"], minutes["state"]) == (None, "open")
    assert snooze(until=until).get_json()["snoozed_until"] == until
    both = snooze(until=until, event="scan").get_json()
    assert (both["snoozed_until"], both["wakes_on"]) == (until, "scan")
    assert snooze(event="choice").get_json()["snoozed_until"] > until
    for wrong, field in (
        ({}, "minutes"),
        ({"minutes": 5, "until": until}, "until"),
        ({"event": "rain"}, "event"),
        ({"minutes": 0}, "minutes"),
    ):
        document = problem(snooze(**wrong))
        assert (document["status"], document["errors"][0]["field"]) == (422, field), wrong


def test_it_is_booked_for_the_customer_and_finished_in_one_act(web: Web):
    case_id, task_id = task(web, "both")
    refused = problem(act(web, task_id, "resolve", outcome="deliver_again", choice="slot:999999"))
    assert refused["code"] == "no_such_option"
    (row,) = rows("SELECT state FROM dispatch_tasks WHERE id = %s", task_id)
    assert row["state"] == "open", "where the booking is refused nothing is done"
    offered = web.api("GET", f"/cases/{case_id}/options").get_json()
    choice = offered["slots"][0]["choice"]
    done = act(web, task_id, "resolve", outcome="deliver_again", choice=choice).get_json()
    assert done["state"] == "resolved"
    case = web.api("GET", f"/cases/{case_id}").get_json()
    assert case["booking"]["kind"] == "redelivery"

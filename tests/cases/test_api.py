"""Cases over the API: found, read, written to and closed, each shipper its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from app import clock
from app.cases.search import service as search
from app.chain import policy
from app.db.connection import connection, transaction
from tests import courier
from tests.inline import settle
from tests.links import page_of
from tests.web import Web, problem, rows, web

__all__ = ["web"]


def opened(web: Web, parcel: str, kind: str = "failed", **said: Any) -> int:
    case_id = web.post(courier.said(kind, parcel, **said)).get_json()["case_id"]
    settle()
    return int(case_id)


def test_a_case_is_shown_as_it_is(web: Web):
    case_id = opened(web, "shown", reason="refused")
    shown = web.api("GET", f"/cases/{case_id}").get_json()
    assert shown["id"] == case_id
    assert (shown["state"], shown["kind"], shown["round"]) == ("open", "refused", 1)
    assert (shown["tracking_number"], shown["order_ref"]) == ("shown", "ORD-shown")
    assert (shown["courier"], shown["depot"]) == ("standard_webhooks", "anaheim")
    assert shown["opened_at"].endswith("+00:00")
    assert not {"contact_phone", "contact_email"} & set(shown)


def test_a_timeline_tells_it_in_order(web: Web):
    case_id = opened(web, "told")
    items = web.api("GET", f"/cases/{case_id}/timeline", "shipper").get_json()["items"]
    assert [item["kind"] for item in items] == [
        "courier_failed",
        "contact_checked",
        "dispatcher_called",
    ]
    assert items[0]["actor"] == "courier"


@pytest.mark.parametrize("reader", ["shipper", "dispatcher"])
def test_a_timeline_tells_times_as_everything_does(web: Web, reader: str):
    case_id = opened(web, f"timed-{reader}")
    items = web.api("GET", f"/cases/{case_id}/timeline", reader).get_json()["items"]
    for said in (items[0]["at"], items[0]["facts"]["at"]):
        assert datetime.fromisoformat(said).tzinfo, said


def test_a_shipper_sees_only_its_own(web: Web):
    mine = opened(web, "mine")
    with transaction() as conn:
        policy_id = policy.create(conn, "other", policy.STANDARD, clock.now())
        row = conn.execute(
            """INSERT INTO shippers (slug, name, country, policy_id, created_at)
               VALUES ('other', 'Other', 'US', %s, %s) RETURNING id""",
            [policy_id, clock.now()],
        ).fetchone()
    assert row
    key = web.key("shipper", shipper_id=row["id"])
    head = {"Authorization": f"Bearer {key}"}
    assert web.client.get("/api/v1/cases", headers=head).get_json()["items"] == []
    for method, path, body in (
        ("GET", f"/cases/{mine}", None),
        ("GET", f"/cases/{mine}/timeline", None),
        ("POST", f"/cases/{mine}/notes", {"text": "x"}),
        ("POST", f"/cases/{mine}/contacts", {"channel": "shop", "text": "x"}),
        ("PUT", "/shipments/mine/contact", {"phone": courier.PHONE}),
    ):
        answer = web.client.open(f"/api/v1{path}", method=method, headers=head, json=body)
        assert answer.status_code == 404, path
        problem(answer)
    assert web.api("GET", f"/cases/{mine}", "shipper").status_code == 200


def test_pages_follow_one_another_without_gaps(web: Web):
    for n in range(5):
        opened(web, f"page-{n}")
    everything = web.api("GET", "/cases?limit=500").get_json()
    assert everything["next"] is None
    seen = list(web.walk("/cases", limit=2))
    assert seen == [item["id"] for item in everything["items"]]
    assert seen == sorted(seen, reverse=True)


def test_cases_are_found_by_what_is_known_of_them(web: Web):
    case_id = opened(web, "needle", "lost")
    for query in ("q=needle", "q=ORD-needle", "reason=lost", "q=needle&state=open"):
        items = web.api("GET", f"/cases?{query}").get_json()["items"]
        assert case_id in {item["id"] for item in items}, query
    for query in ("q=eedl", "q=needle&state=closed", "q=needle&courier=onfleet"):
        items = web.api("GET", f"/cases?{query}").get_json()["items"]
        assert case_id not in {item["id"] for item in items}, query


@pytest.mark.parametrize(
    "typed",
    ["mueller straß", "(0170) 123 45 67", "+49 170 1234567", "4567", "königsallee 14b", "50667"],
)
def test_machines_find_a_caller_as_the_console_does(web: Web, typed: str):
    case_id, other = opened(web, "caller"), opened(web, "another")
    connection().execute(
        """UPDATE shipments SET name = 'Jörg Müller-Straßner', phone = '+491701234567',
                  address = '{"line1": "Königsallee 14b", "city": "Köln", "postcode": "50667"}'
            WHERE tracking_number = 'caller'"""
    )
    while search.catch_up():
        pass
    for who in ("dispatcher", "shipper"):
        answer = web.api("GET", "/cases", who, query_string={"q": typed})
        found = {item["id"] for item in answer.get_json()["items"]}
        assert case_id in found, who
        assert other not in found
    only = web.api("GET", "/cases", query_string={"q": typed, "state": "closed"}).get_json()
    assert case_id not in {item["id"] for item in only["items"]}
    nobody = web.api("GET", "/cases", query_string={"q": f"{typed} nobody"}).get_json()
    assert nobody["items"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=x", "limit"),
        ("cursor=-1", "cursor"),
        ("state=lost", "state"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_by_field(web: Web, query: str, field: str):
    document = problem(web.api("GET", f"/cases?{query}"))
    assert (document["status"], document["code"]) == (422, "invalid")
    assert [fault["field"] for fault in document["errors"]] == [field]


def test_notes_and_contacts_join_the_timeline(web: Web):
    case_id = opened(web, "noted")
    note = web.api("POST", f"/cases/{case_id}/notes", "shipper", json={"text": "fragile"})
    call = web.api(
        "POST", f"/cases/{case_id}/contacts", json={"channel": "phone", "text": "will be home"}
    )
    assert (note.status_code, call.status_code) == (201, 201)
    *_, first, second = call.get_json()["items"]
    assert (first["kind"], first["actor"], first["facts"]) == (
        "note",
        "shipper",
        {"text": "fragile", "visibility": "shipper", "photos": []},
    )
    assert (second["kind"], second["actor"]) == ("contact_elsewhere", "Ana")


def test_what_staff_write_is_internal_unless_they_say_otherwise(web: Web):
    case_id = opened(web, "gate")
    task = rows("SELECT id FROM dispatch_tasks WHERE case_id = %s", case_id)[0]["id"]
    written = [
        ("notes", {"text": "gate code 4711"}),
        ("notes", {"text": "told the shipper", "visibility": "shipper"}),
        ("notes", {"text": "ring twice, please", "visibility": "customer"}),
        ("contacts", {"channel": "phone", "text": "side door 0815"}),
        ("contacts", {"channel": "shop", "text": "came by", "visibility": "shipper"}),
    ]
    for path, body in written:
        assert web.api("POST", f"/cases/{case_id}/{path}", json=body).status_code == 201
    acts = [("acknowledge", "key under mat"), ("resolve", "left with 1A")]
    for act, words in acts:
        said = {"note": words, "outcome": "other"}
        web.api("POST", f"/dispatch-tasks/{task}/{act}", json=said)
    staff = web.api("GET", f"/cases/{case_id}/timeline").get_data(as_text=True)
    for _, body in written:
        assert body["text"] in staff
    answers = [
        web.api("GET", f"/cases/{case_id}/timeline", "shipper"),
        web.api("POST", f"/cases/{case_id}/notes", "shipper", json={"text": "thanks"}),
        web.api("GET", f"/cases/{case_id}", "shipper"),
        web.api("GET", "/cases?q=gate", "shipper"),
    ]
    for answer in answers:
        shown = answer.get_data(as_text=True)
        for secret in ("4711", "0815", *(words for _, words in acts)):
            assert secret not in shown
    items = answers[0].get_json()["items"]
    assert [i["facts"]["text"] for i in items if i["kind"] == "note"] == [
        "told the shipper",
        "ring twice, please",
    ]
    contacts = [i["facts"] for i in items if i["kind"] == "contact_elsewhere"]
    assert [(c["channel"], c["text"]) for c in contacts] == [("phone", ""), ("shop", "came by")]
    page = web.client.get(page_of(case_id)).get_data(as_text=True)
    assert "ring twice, please" in page
    assert "told the shipper" not in page


def test_a_shipper_cannot_hide_from_itself_what_it_writes(web: Web):
    case_id = opened(web, "own")
    body = {"text": "x", "visibility": "internal"}
    refused = problem(web.api("POST", f"/cases/{case_id}/notes", "shipper", json=body))
    assert (refused["code"], refused["errors"][0]["field"]) == ("invalid", "visibility")


def test_a_note_that_is_sent_twice_is_one_note(web: Web):
    case_id = opened(web, "once")
    head = {"Authorization": f"Bearer {web.keys['shipper']}", "Idempotency-Key": "n-1"}
    url = f"/api/v1/cases/{case_id}/notes"
    first, second = (web.client.post(url, headers=head, json={"text": "one"}) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.get_json() == second.get_json()
    other = web.client.post(url, headers=head, json={"text": "another"})
    assert problem(other)["code"] == "idempotency_key_reused"
    again = web.client.post(url, headers=head | {"Idempotency-Key": "n-2"}, json={"text": "one"})
    assert len(again.get_json()["items"]) == len(first.get_json()["items"]) + 1


@pytest.mark.parametrize(
    ("path", "body", "fields"),
    [
        ("notes", {}, ["text"]),
        ("notes", {"text": ""}, ["text"]),
        ("notes", {"text": "x" * 2001}, ["text"]),
        ("notes", {"text": 1}, ["text"]),
        ("notes", [], [""]),
        ("contacts", {"text": "x"}, ["channel"]),
        ("contacts", {}, ["channel", "text"]),
        ("close", {"resolution": "gone"}, ["resolution"]),
        ("snooze", {"minutes": 0}, ["minutes"]),
        ("snooze", {"minutes": 10**30}, ["minutes"]),
    ],
)
def test_what_is_wrong_is_said_by_field(web: Web, path: str, body: Any, fields: list[str]):
    case_id = rows("SELECT max(id) AS id FROM cases")[0]["id"] or opened(web, "field")
    document = problem(web.api("POST", f"/cases/{case_id}/{path}", json=body))
    assert document["status"] == 422
    assert sorted(fault["field"] for fault in document["errors"]) == fields


def test_closing_by_hand_says_whether_it_was_open(web: Web):
    case_id = opened(web, "closing")
    first, second = (
        web.api("POST", f"/cases/{case_id}/close", json={"resolution": "refunded"}).get_json()
        for _ in range(2)
    )
    assert (first["closed_now"], second["closed_now"]) == (True, False)
    assert second["case"]["resolution"] == "refunded"
    settle()
    assert rows("SELECT * FROM steps WHERE case_id = %s", case_id) == []


def test_a_filter_that_names_nothing_is_said_and_not_searched_for(web: Web):
    answer = web.api("GET", "/cases?depot=atlantis&courier=pigeon")
    said = problem(answer)
    assert answer.status_code == 422
    assert said["code"] == "unknown_filter"
    assert [fault["field"] for fault in said["errors"]] == ["depot", "courier"]


def test_the_few_cases_of_a_depot_are_found_by_index_and_the_filters_join(web: Web):
    case_id = opened(web, "few-1", reason="refused")
    with transaction() as conn:
        conn.execute(
            """INSERT INTO depots (slug, name, timezone, country, address, catch_all_id, created_at)
               SELECT 'few', 'Few', 'UTC', 'US', '', catch_all_id, now() FROM depots LIMIT 1"""
        )
        conn.execute("UPDATE cases SET depot_id = lastval() WHERE id = %s", [case_id])
    later = opened(web, "few-2")
    listed = {
        query: [case["id"] for case in web.api("GET", f"/cases?{query}").get_json()["items"]]
        for query in (
            "depot=few",
            "depot=few&state=open&courier=standard_webhooks&reason=refused&q=few-1",
            f"depot=few&cursor={case_id}",
            "depot=few&state=closed",
            f"limit=1&cursor={later + 1}",
        )
    }
    assert list(listed.values()) == [[case_id], [case_id], [], [], [later]]


def test_the_plan_for_a_depot_with_few_cases_among_many_is_its_index(web: Web):
    with transaction() as conn, conn.transaction(force_rollback=True):
        conn.execute(
            """WITH parcels AS (
                   INSERT INTO shipments (shipper_id, account_id, depot_id, courier_ref,
                                          tracking_number, created_at, updated_at)
                   SELECT a.shipper_id, a.id, a.depot_id, 'M' || n, 'M' || n, now(), now()
                     FROM generate_series(1, 20000) n, (SELECT * FROM courier_accounts LIMIT 1) a
                   RETURNING *)
               INSERT INTO cases (shipment_id, shipper_id, account_id, depot_id, policy_id, kind,
                      state, reason, fault, words, opened_at, updated_at, request_id)
               SELECT p.id, p.shipper_id, p.account_id, p.depot_id, h.policy_id, 'failed',
                      'closed', 'refused', 'recipient', '', now(), now(), 'many'
                 FROM parcels p JOIN shippers h ON h.id = p.shipper_id"""
        )
        lone = conn.execute(
            """INSERT INTO depots (slug, name, timezone, country, address, catch_all_id, created_at)
               SELECT 'lone', 'Lone', 'UTC', 'US', '', catch_all_id, now() FROM depots LIMIT 1
               RETURNING id"""
        ).fetchone()
        assert lone is not None
        conn.execute(
            "UPDATE cases SET depot_id = %s WHERE id = (SELECT min(id) FROM cases)", [lone["id"]]
        )
        conn.execute("ANALYZE cases")
        plan = conn.execute(
            """EXPLAIN SELECT c.id FROM cases c WHERE c.depot_id = ANY(%s)
                ORDER BY c.id DESC LIMIT 50""",
            [[lone["id"]]],
            prepare=False,
        ).fetchall()
    assert "cases_depot" in str(plan)

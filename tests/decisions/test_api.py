"""The shipper's word over the API: taken once, refused with the truth, and only for its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from app.db import connection as db
from tests import courier
from tests.inline import settle
from tests.web import Web, problem, rows, web

__all__ = ["web"]


def opened(web: Web, parcel: str, kind: str = "lost") -> int:
    case_id = web.post(courier.said(kind, parcel)).get_json()["case_id"]
    settle()
    return int(case_id)


def decide(web: Web, case_id: int, by: str = "shipper", **body: object):
    answer = web.api("POST", f"/cases/{case_id}/decision", by, json=body)
    settle()
    return answer


def test_a_shipper_decides_and_twice_is_once(web: Web):
    case_id = opened(web, "decides")
    first = decide(web, case_id, decision="replacement", note="ZX9").get_json()
    assert (first["decision"], first["decided_by"], first["fresh"]) == (
        "replacement",
        "shipper",
        True,
    )
    again = decide(web, case_id, decision="replacement").get_json()
    assert again == first | {"fresh": False}
    shown = web.api("GET", f"/cases/{case_id}", "shipper").get_json()
    assert (shown["state"], shown["resolution"]) == ("closed", "replaced")


def test_something_else_is_refused_with_what_was_decided(web: Web):
    case_id = opened(web, "truth")
    made = decide(web, case_id, decision="refund").get_json()
    answer = decide(web, case_id, "dispatcher", decision="replacement")
    document = problem(answer)
    assert (answer.status_code, document["code"]) == (409, "already_decided")
    assert (document["decision"], document["id"]) == ("refund", made["id"])


def test_of_those_who_decide_differently_at_once_one_is_first_and_the_others_get_the_truth(
    web: Web,
):
    for number in range(3):
        case_id = opened(web, f"race-{number}")
        again = decide(web, case_id, decision="send_again").get_json()
        bodies = [
            {"decision": choice, "instead_of": again["id"]}
            for choice in ("replacement", "refund", "close")
        ]
        start = Barrier(len(bodies))

        def one(body: dict[str, object], case_id: int = case_id, start: Barrier = start):
            start.wait()
            try:
                return web.api("POST", f"/cases/{case_id}/decision", "shipper", json=body)
            finally:
                db.close()

        with ThreadPoolExecutor(len(bodies)) as threads:
            answers = list(threads.map(one, bodies))
        settle()
        (first,) = [answer.get_json() for answer in answers if answer.status_code == 200]
        refused = [problem(answer) for answer in answers if answer.status_code == 409]
        assert [one["code"] for one in refused] == ["already_decided"] * 2
        assert {(one["id"], one["decision"]) for one in refused} == {
            (first["id"], first["decision"])
        }
        shown = web.api("GET", f"/cases/{case_id}", "shipper").get_json()
        assert shown["state"] == "closed"


def test_deciding_otherwise_needs_to_know_what_stands(web: Web):
    case_id = opened(web, "otherwise")
    again = decide(web, case_id, decision="send_again").get_json()
    blind = decide(web, case_id, decision="refund")
    assert (blind.status_code, problem(blind)["id"]) == (409, again["id"])
    stale = decide(web, case_id, decision="refund", instead_of=again["id"] + 1)
    assert (stale.status_code, problem(stale)["code"]) == (409, "already_decided")
    made = decide(web, case_id, decision="refund", instead_of=problem(blind)["id"]).get_json()
    assert (made["decision"], made["fresh"]) == ("refund", True)
    same = decide(web, case_id, decision="refund", instead_of=again["id"]).get_json()
    assert same == made | {"fresh": False}


def test_staff_decide_in_their_own_name(web: Web):
    case_id = opened(web, "staff")
    assert decide(web, case_id, "dispatcher", decision="close").get_json()["decided_by"] == "Ana"


def test_what_is_over_is_told_how_it_ended(web: Web):
    case_id = opened(web, "over")
    web.post(courier.said("delivered", "over"))
    settle()
    document = problem(decide(web, case_id, decision="refund"))
    assert (document["code"], document["resolution"]) == ("case_closed", "delivered")


def test_what_cannot_be_decided_is_refused_by_field(web: Web):
    case_id = opened(web, "fields")
    for body, field in (
        ({}, "decision"),
        ({"decision": "burn"}, "decision"),
        ({"decision": "refund", "note": "x" * 2001}, "note"),
        ({"decision": "refund", "note_for": "everybody"}, "note_for"),
        ({"decision": "refund", "instead_of": "the first"}, "instead_of"),
    ):
        document = problem(decide(web, case_id, **body))
        assert [fault["field"] for fault in document["errors"]] == [field]
    assert (
        rows("SELECT 1 FROM decisions WHERE case_id = %s AND decided_at > %s", case_id, "-infinity")
        == []
    )
    assert problem(decide(web, 999999, decision="refund"))["code"] == "no_such_case"

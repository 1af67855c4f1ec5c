"""Rules, codes, and gestures for programs: what is said is kept, and what is refused says why."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

from app.db.connection import connection
from tests import courier
from tests.gestures.conftest import RULES
from tests.inline import settle
from tests.web import Web, rows, web
from tests.web import problem as document_of

__all__ = ["web"]


def problem(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    found = document_of(answer)
    assert (found["status"], found["code"]) == (status, code)
    return found


def case(web: Web, parcel: str) -> int:
    case_id = web.post(courier.said(parcel=parcel, reason="courier_problem")).get_json()["case_id"]
    settle()
    connection().execute("UPDATE cases SET fault = 'courier' WHERE id = %s", [case_id])
    return int(case_id)


def test_what_a_shipper_gives_is_set_made_granted_and_listed(web: Web) -> None:
    (shop,) = rows("SELECT slug FROM shippers")
    of = f"/shippers/{shop['slug']}"
    assert web.api("GET", f"{of}/gesture-rules", "admin").get_json() == {"kind": None}
    codes = {"codes": [{"code": "X-1", "amount": "5.00", "expires_on": None}]}
    refused = web.api("POST", f"{of}/gesture-codes", "admin", json=codes)
    problem(refused, 409, "no_gesture_rules")

    wrong = web.api("PUT", f"{of}/gesture-rules", "admin", json={**RULES, "share": 0})
    assert problem(wrong, 422, "gesture_unusable")["errors"][0]["field"] == "share"
    given = {
        **RULES,
        "kind": "voucher",
        "granted_by": "codes",
        "share": 15,
        "unasked": ["promise", "rating"],
        "regulars_after": "3 days",
        "not_for": ["weather_delay"],
    }
    put = web.api("PUT", f"{of}/gesture-rules", "admin", json=given)
    assert put.status_code == 200, put.text
    shown = web.api("GET", f"{of}/gesture-rules", "admin").get_json()
    assert {name: shown[name] for name in given} == given
    assert web.api("POST", f"{of}/gesture-codes", "admin", json=codes).get_json() == {"added": 1}
    assert web.api("POST", f"{of}/gesture-codes", "admin", json=codes).get_json() == {"added": 0}

    case_id = case(web, "gestures-1")
    made = web.api("POST", f"/cases/{case_id}/gestures", "dispatcher")
    assert (made.status_code, made.get_json()["state"]) == (201, "made")
    again = web.api("POST", f"/cases/{case_id}/gestures", "dispatcher")
    assert problem(again, 409, "no_gesture")["why"] == "already"
    left = web.api("GET", f"{of}/gesture-rules", "admin").get_json()
    assert (left["spent"], left["codes_left"]) == ("5.00", {})

    webhook = {**given, "granted_by": "webhook", "times": 9}
    assert web.api("PUT", f"{of}/gesture-rules", "admin", json=webhook).status_code == 200
    other = case(web, "gestures-2")
    asked = web.api("POST", f"/cases/{other}/gestures", "dispatcher").get_json()
    assert asked["state"] == "asked"
    grant = f"/gestures/{asked['id']}"
    done = web.api("POST", f"{grant}/grant", "shipper", json={"code": "SHOP-9"})
    assert (done.status_code, done.get_json()["state"]) == (200, "made")
    problem(web.api("POST", f"{grant}/refuse", "shipper"), 409, "gesture_over")
    problem(web.api("POST", "/gestures/999999/grant", "admin"), 404, "no_such_gesture")
    listed = web.api("GET", "/gestures", "shipper").get_json()["items"]
    assert [(one["case_id"], one["state"]) for one in listed] == [
        (other, "made"),
        (case_id, "made"),
    ]
    assert "SHOP-9" not in str(listed)
    assert web.api("DELETE", f"{of}/gesture-rules", "admin").status_code == 204
    assert web.api("GET", f"{of}/gesture-rules", "admin").get_json() == {"kind": None}

"""A shipper's own system grants a gesture by what it answers, and by nothing less."""

from __future__ import annotations

from typing import Any

import pytest

from app import clock
from app.db.connection import transaction
from app.directory.changes import TERMINAL
from app.gestures import answers
from app.managing import gestures
from tests.inline import advance, settle
from tests.outbound.conftest import Shop, rows


def unhappy(shop: Shop, parcel: str) -> int:
    play = shop.web.play
    (row,) = rows("SELECT slug FROM shippers")
    wanted: dict[str, Any] = {
        "granted_by": "webhook",
        "first": "5.00",
        "month": "50.00",
        "times": 20,
    }
    wanted["unasked"] = ["rating"]
    with transaction() as conn:
        gestures.put(conn, TERMINAL, row["slug"], wanted, clock.now())
    case_id = play.courier(parcel=parcel, reason="courier_problem")
    play.courier("delivered", parcel)
    advance(hours=2)
    play.rate(case_id, 1)
    return case_id


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (b'{"granted": true, "code": "SHOP-7"}', "made"),
        (b'{"granted": false}', "refused"),
        (b'{"ok": true}', "asked"),
        (b"thank you", "asked"),
        (b'{"granted": "yes"}', "asked"),
    ],
)
def test_what_it_answers_is_done(shop: Shop, body: bytes, state: str) -> None:
    shop.receiver.bodies["/grants"] = body
    shop.receiver.took["/grants"].clear()
    shop.endpoint("/grants", "gesture_asked")
    case_id = unhappy(shop, f"grants-{body.hex()}"[:60])
    shop.told()
    settle()
    (event,) = shop.receiver.took["/grants"]
    (made,) = rows("SELECT id, state FROM gestures WHERE case_id = %s", case_id)
    assert event["data"]["facts"]["gesture_id"] == made["id"]
    assert event["data"]["facts"]["amount"] == 500
    assert made["state"] == state
    told = shop.web.play.messages(case_id, topic="gesture")
    assert [("SHOP-7" in m["text"]) for m in told] == ([True] if state == "made" else [])


def test_another_shippers_system_grants_nothing(shop: Shop) -> None:
    case_id = unhappy(shop, "grants-others")
    (made,) = rows("SELECT id, shipper_id FROM gestures WHERE case_id = %s", case_id)
    answers.answered(made["id"], made["shipper_id"] + 1, '{"granted": true}', clock.now())
    assert rows("SELECT state FROM gestures WHERE id = %s", made["id"]) == [{"state": "asked"}]


def test_an_answer_that_comes_twice_or_too_late_changes_nothing(shop: Shop) -> None:
    case_id = unhappy(shop, "grants-twice")
    (made,) = rows("SELECT id, shipper_id FROM gestures WHERE case_id = %s", case_id)
    before = rows("SELECT spent FROM gesture_budgets")
    for said in ('{"granted": true, "code": "A"}', '{"granted": true, "code": "B"}',
                 '{"granted": false}'):  # fmt: skip
        answers.answered(made["id"], made["shipper_id"], said, clock.now())
    assert rows("SELECT state FROM gestures WHERE id = %s", made["id"]) == [{"state": "made"}]
    assert rows("SELECT spent FROM gesture_budgets") == before

"""What customers get who were let down: when, how much, and in which words."""

from __future__ import annotations

import json
import statistics
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from app import clock
from app.db.connection import connection, transaction
from app.dispatch import service as dispatch
from app.gestures import service
from app.gestures.model import State
from app.insight import story
from app.promises import service as promises
from app.shipments.orders import service as orders
from tests import courier
from tests.channels.world import read
from tests.gestures.conftest import codes, gives, rows, shipper, spent
from tests.inline import advance, settle
from tests.links import page_of
from tests.pages.reading import text
from tests.play import Play


def order(parcel: str = "P1", **more: Any) -> None:
    given = {
        "tracking_number": parcel,
        "name": "Kim Doe",
        "phone": courier.PHONE,
        "address": {
            "line1": "5 Katella Ave",
            "city": "Anaheim",
            "region": "CA",
            "postcode": "92802",
            "country": "US",
        },
        **more,
    }
    reads = orders.read(json.dumps(given).encode(), lines=False)
    ((result,),) = orders.take(shipper()["id"], "shop", reads)
    assert result["status"] in {"created", "updated"}, result


def broken(play: Play, parcel: str = "P1") -> int:
    """A case whose booked delivery nobody brought."""
    case_id = play.courier(parcel=parcel)
    play.acknowledge(case_id)
    play.choose(case_id)
    while "promise_broken" not in play.timeline(case_id):
        advance(hours=3)
    return case_id


def told(play: Play, case_id: int) -> list[str]:
    return [m["text"] for m in play.messages(case_id, topic="gesture")]


def resolve(play: Play, case_id: int, outcome: str) -> None:
    dispatch.resolve(play.task(case_id).id, "Ana", outcome, "", clock.now())
    settle()


def unhappy(play: Play, reason: str = "courier_problem") -> int:
    case_id = play.courier(reason=reason)
    play.acknowledge(case_id)
    play.courier("delivered")
    advance(hours=2)
    play.rate(case_id, 1)
    return case_id


def test_a_first_order_gets_it_within_the_hour_of_a_broken_promise(
    client: FlaskClient, play: Play
) -> None:
    gives()
    codes("5.00", "4.00")
    order(order_value="80.00", currency="USD", first_order=True)
    case_id = broken(play)
    advance(minutes=59)
    (made,) = rows()
    assert (made["state"], made["amount"], made["why"]) == ("made", 500, "promise")
    assert made["decided_at"] - made["since"] <= timedelta(minutes=60)
    advance(hours=12)
    (words,) = told(play, case_id)
    assert "$5.00" in words
    assert "SORRY-0" in words
    assert "SORRY-0" in text(client.get(page_of(case_id)).text)
    assert "SORRY-0" not in json.dumps(read("SELECT facts FROM timeline"))
    advance(days=5)
    assert len(rows()) == 1
    assert told(play, case_id) == [words]


def test_an_hour_that_was_told_and_missed_earns_one_whoever_was_absent_before(play: Play) -> None:
    gives()
    codes("5.00")
    case_id = play.courier(reason="recipient_unavailable")
    play.acknowledge(case_id)
    with transaction() as conn:
        by = clock.now() + timedelta(hours=1)
        promises.make(conn, [promises.Wanted(case_id, promises.Kind.ANSWER, by)], clock.now())
    advance(minutes=61)
    settle()
    assert "gesture_for_promise" in play.waiting(case_id)
    assert rows() == []
    advance(minutes=59)
    (made,) = rows()
    assert (made["why"], made["state"]) == ("promise", "made")
    assert made["decided_at"] - by <= timedelta(minutes=60)


def test_a_delivery_that_came_after_its_window_earns_one(play: Play) -> None:
    gives()
    codes("5.00")
    case_id = play.courier(reason="courier_problem")
    play.acknowledge(case_id)
    now = clock.now()
    with transaction() as conn:
        ends, known = now + timedelta(minutes=10), now + timedelta(hours=3)
        window = promises.Wanted(case_id, promises.Kind.WINDOW, ends, 1, known)
        promises.make(conn, [window], now)
    advance(minutes=15)
    play.courier("delivered")
    advance(minutes=31)
    assert [row["why"] for row in rows()] == ["promise"]


def test_whoever_decided_on_one_reads_why_there_is_none(play: Play) -> None:
    gives()
    case_id = unhappy(play)
    resolve(play, case_id, "gesture")
    assert rows() == []
    (said,) = read("SELECT facts FROM timeline WHERE kind = 'no_gesture'")
    assert said["facts"] == {"why": "person", "because": "no_code"}
    told = story.tell(connection(), case_id, clock.now())
    assert told
    assert any("No gesture was made. No code is left." in line.text for line in told.past)


def test_a_regular_customer_gets_more_within_the_week(play: Play) -> None:
    gives()
    codes("8.00")
    order(first_order=False)
    case_id = broken(play)
    advance(hours=24)
    assert rows() == []
    assert "gesture_for_promise" in play.waiting(case_id)
    advance(days=2)
    (made,) = rows()
    assert made["amount"] == 800
    assert made["decided_at"] - made["since"] <= timedelta(days=7)


def test_half_of_them_are_decided_within_the_hour(play: Play) -> None:
    gives(month="1000.00", granted_by="webhook", times=20)
    for n in range(3):
        order(f"P{n}", first_order=n > 0, phone=f"+1714555{2000 + n}")
        broken(play, f"P{n}")
        advance(hours=1)
    took = [row["decided_at"] - row["since"] for row in rows()]
    assert statistics.median(took) <= timedelta(minutes=60)


def test_it_is_capped_as_a_share_of_what_the_order_is_worth(play: Play) -> None:
    gives()
    codes("5.00", "3.00", "2.99")
    order(order_value="20.00", currency="USD")
    broken(play)
    advance(hours=1)
    (made,) = rows()
    assert made["amount"] == 300


def test_the_customers_own_absence_gets_none_from_anybody(play: Play) -> None:
    gives(unasked=["promise", "rating"])
    codes("5.00")
    case_id = unhappy(play, "recipient_unavailable")
    resolve(play, case_id, "gesture")
    advance(days=5)
    assert rows() == []
    assert spent() == 0


def test_without_rules_nothing_is_given(play: Play) -> None:
    broken(play)
    advance(days=8)
    assert rows() == []


def test_a_person_who_spoke_with_them_can_make_one(play: Play) -> None:
    gives(unasked=[])
    codes("5.00")
    case_id = unhappy(play)
    assert rows() == []
    resolve(play, case_id, "gesture")
    (made,) = rows()
    assert (made["why"], made["state"]) == ("person", "made")
    assert len(told(play, case_id)) == 1
    advance(hours=25)
    assert "asked_if_good" in play.timeline(case_id)


def test_whoever_had_one_lately_gets_no_other_by_another_parcel_or_alias(play: Play) -> None:
    gives(unasked=["rating"])
    codes("5.00", "5.00")
    order("P1", email="kim.doe+one@gmail.com")
    first = unhappy(play)
    assert len(told(play, first)) == 1
    order("P2", email="kimdoe@gmail.com", phone="+17145550199")
    case_id = play.courier(parcel="P2", reason="courier_problem")
    play.courier("delivered", "P2")
    play.rate(case_id, 1)
    assert len(rows()) == 1
    connection().execute("UPDATE gestures SET decided_at = decided_at - interval '91 days'")
    order("P3", email="kimdoe@gmail.com", phone="+17145550199")
    case_id = play.courier(parcel="P3", reason="courier_problem")
    play.courier("delivered", "P3")
    play.rate(case_id, 1)
    assert len(rows()) == 2


def test_nobody_hears_of_what_the_shop_has_not_granted(client: FlaskClient, play: Play) -> None:
    gives(granted_by="webhook", unasked=["rating"])
    case_id = unhappy(play)
    (asked,) = rows()
    assert (asked["state"], spent()) == ("asked", 500)
    assert told(play, case_id) == []
    assert "voucher" not in text(client.get(page_of(case_id)).text)
    with transaction() as conn:
        for _ in range(2):
            service.settle(conn, asked["id"], State.MADE, "shipper", clock.now(), code="SHOP-1")
    settle()
    (words,) = told(play, case_id)
    assert "SHOP-1" in words
    assert "SHOP-1" in text(client.get(page_of(case_id)).text)


def test_what_the_shop_does_not_answer_lapses_and_frees_its_amount(play: Play) -> None:
    gives(granted_by="webhook", unasked=["rating"])
    case_id = unhappy(play)
    advance(days=3)
    assert [row["state"] for row in rows()] == ["lapsed"]
    assert spent() == 0
    assert told(play, case_id) == []


def test_whoever_wants_their_money_back_is_said_so_to_the_shop(play: Play) -> None:
    connection().execute("UPDATE shippers SET email = 'shop@example.com'")
    order(order_value="80.00", currency="USD")
    case_id = unhappy(play)
    resolve(play, case_id, "refund_asked")
    (asked,) = rows()
    assert (asked["kind"], asked["state"], asked["amount"]) == ("refund", "asked", 8000)
    assert spent() == 0
    (mail,) = play.messages(case_id, topic="refund")
    assert "money back" in mail["text"]
    with transaction() as conn:
        service.settle(conn, asked["id"], State.MADE, "shipper", clock.now())
    settle()
    assert "$80.00" in told(play, case_id)[0]


@pytest.mark.parametrize(
    ("language", "said"),
    [("de", "5,00"), ("fr", "5,00"), ("hi", "5.00"), ("ar", "5.00"), ("pl", "5,00")],
)
def test_it_is_told_in_the_customers_language(play: Play, language: str, said: str) -> None:
    gives(unasked=["rating"])
    codes("5.00")
    order(language=language)
    case_id = unhappy(play)
    (words,) = told(play, case_id)
    assert said in words.replace("\u066b", ".")
    assert "SORRY-0" in words
    assert "gives you" not in words

"""A customer has their parcel sent back: told, confirmed or refused, and changeable."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from app import clock
from app.booking import terms
from app.contact.lookup import guard
from app.customer import service as customer
from app.db.connection import connection
from app.directory.rotas.model import Opening
from app.directory.rotas.opening import is_open
from app.errors import Problem
from tests.booking.world import NOW
from tests.handover.conftest import connect
from tests.handover.connectors import play_webhook
from tests.handover.edge import Edge, opened
from tests.handover.test_stories import acts, row
from tests.inline import advance, settle
from tests.play import Play


@pytest.fixture
def system(play: Play, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The courier's own system, which takes all there is to choose."""
    monkeypatch.setattr(guard, "_allowed", guard.Allowed(True, frozenset(), ()))
    with opened(play_webhook.Played()) as edge:
        connect("standard-webhooks", "webhook", {**edge.play.values, "base": edge.base})
        yield edge
        assert edge.faults == []


def told(play: Play, case_id: int, audience: str = "customer") -> str:
    return str(play.messages(case_id, audience=audience)[-1]["text"])


def begun(play: Play) -> int:
    case_id = play.courier()
    play.acknowledge(case_id)
    return case_id


def test_it_is_told_to_the_courier_and_confirmed_and_shipper_and_customer_know(
    play: Play, system: Edge
) -> None:
    case_id = begun(play)
    back = play.options(case_id).way_back
    assert back
    assert clock.now() < back.cutoff_at <= back.starts_at < back.ends_at
    play.choose(case_id, "return", confirmed=False)
    assert system.pushing[0].json["data"]["kind"] == "return"
    assert row(case_id)["confirmed_at"]
    assert "is going back" in told(play, case_id)
    assert "such as your money" in told(play, case_id)
    assert "wants ORD-P1 sent back" in told(play, case_id, "shipper")
    assert play.case(case_id).booked
    # what the courier does with it until it is back changes nothing, and calls nobody
    calls = len(play.tasks(case_id))
    play.courier("returned", event="on-its-way")
    assert row(case_id)["state"] == "standing"
    assert len(play.tasks(case_id)) == calls
    assert "withdraw" not in [act for act, _ in acts(case_id)]


def test_it_is_changed_and_undone_until_the_cutoff(play: Play, system: Edge) -> None:
    case_id = begun(play)
    play.choose(case_id)
    slot = row(case_id)["slot_id"]
    play.choose(case_id, "return", confirmed=False)
    customer.take_back(case_id, "undo", clock.now())
    settle()
    advance(minutes=1)
    assert row(case_id)["slot_id"] == slot
    assert "not being sent back" in told(play, case_id, "shipper")
    assert [act for act, _ in acts(case_id)] == ["push", "withdraw"] * 2 + ["push"]
    play.choose(case_id, "return", confirmed=False)
    late = row(case_id)["cutoff_at"] - clock.now() + timedelta(minutes=1)
    advance(seconds=int(late.total_seconds()))
    with pytest.raises(Problem, match="could be changed until"):
        customer.take_back(case_id, "cancel", clock.now())


def test_a_courier_that_refuses_is_not_asked_again_and_the_customer_chooses(
    play: Play, system: Edge
) -> None:
    system.play.refusing = True
    case_id = begun(play)
    play.choose(case_id, "return", confirmed=False)
    assert row(case_id)["state"] == "refused"
    assert "the courier can't send it back" in told(play, case_id)
    offered = play.options(case_id)
    assert offered.slots
    assert offered.way_back is None
    with pytest.raises(Problem, match="not offered"):
        customer.choose(case_id, "return", clock.now())


def test_a_courier_without_a_call_for_it_leaves_it_to_the_depots_people(
    play: Play, heron: Edge
) -> None:
    case_id = begun(play)
    play.choose(case_id, "return", confirmed=False)
    assert heron.play.pushes == 0
    assert play.tasks(case_id)[-1] == ("handover", "open")
    assert "confirming it with the depot and will tell you by" in told(play, case_id)
    call = told(play, case_id, "dispatcher")
    assert "back to " in call
    play.answer(case_id, "confirmed")
    assert "is going back" in told(play, case_id)


def test_what_the_courier_does_counts_as_its_yes(play: Play) -> None:
    case_id = begun(play)
    play.choose(case_id, "return", confirmed=False)
    assert row(case_id)["confirmed_at"] is None
    play.courier("returned", event="on-its-way")
    assert row(case_id)["confirmed_at"]
    assert "is going back" in told(play, case_id)
    assert all(state != "open" for kind, state in play.tasks(case_id) if kind == "handover")


@pytest.mark.parametrize("resolution", ["refunded", "returned"])
def test_money_that_is_given_meanwhile_does_not_stop_it(
    play: Play, system: Edge, resolution: str
) -> None:
    case_id = begun(play)
    play.choose(case_id, "return", confirmed=False)
    play.close(case_id, resolution)
    assert row(case_id)["state"] == "kept"
    assert acts(case_id) == [("push", "confirmed")]


def test_a_delivery_after_all_ends_it(play: Play, system: Edge) -> None:
    case_id = begun(play)
    play.choose(case_id, "return", confirmed=False)
    play.courier("delivered")
    assert row(case_id)["state"] == "dropped"
    assert acts(case_id)[-1] == ("withdraw", "withdrawn")


def test_one_that_never_arrives_is_asked_for_and_its_sender_decides(
    play: Play, system: Edge
) -> None:
    case_id = begun(play)
    play.choose(case_id, "return", confirmed=False)
    due = row(case_id)["ends_at"]
    while clock.now() < due + timedelta(hours=6):
        advance(hours=6)
    assert row(case_id)["missed"] == "not_back"
    assert "should be back by now" in " ".join(
        m["text"] for m in play.messages(case_id, audience="customer")
    )
    assert play.case(case_id).kind == "returned"
    assert "decision_requested" in play.timeline(case_id)
    assert play.options(case_id).slots == []


@pytest.mark.parametrize(
    ("said", "of_account", "offered"),
    [
        (None, {}, True),
        (None, {"return": "no"}, False),
        (True, {}, True),
        (False, {}, False),
        (True, {"return": "no"}, False),
    ],
)
def test_courier_and_account_say_beforehand_whether_it_can_be_chosen(
    play: Play, said: bool | None, of_account: dict[str, str], offered: bool
) -> None:
    case_id = begun(play)
    conn = connection()
    conn.execute("UPDATE courier_accounts SET terms = %s", [Jsonb(of_account)])
    conn.execute(
        "INSERT INTO courier_offers (case_id, takes_back, asked_at) VALUES (%s, %s, now())",
        [case_id, said],
    )
    assert bool(play.options(case_id).way_back) is offered
    assert play.options(case_id).slots, "it says nothing of other days"


@given(
    hour=st.integers(0, 23 * 60),
    notice=st.integers(1, 72),
    days=st.integers(1, 60),
    act_in=st.none() | st.integers(-48, 96),
)
def test_it_leaves_in_the_depots_hours_and_can_be_changed_until_then(
    hour: int, notice: int, days: int, act_in: int | None
) -> None:
    depot = Opening(
        "Europe/Berlin", [(day, time(9), time(17)) for day in range(1, 6)], country="DE"
    )
    now = NOW + timedelta(minutes=hour)
    act_by = None if act_in is None else now + timedelta(hours=act_in)
    rules = terms.Terms(return_notice_hours=notice, return_days=days)
    cutoff, leaves, back = terms.going_back(rules, now, act_by, depot)
    assert is_open(depot, leaves)
    assert now < cutoff <= leaves < back
    assert leaves >= now + timedelta(hours=notice)
    if act_by and act_by > now:
        assert cutoff <= act_by


@pytest.mark.parametrize(
    ("raw", "wrong"),
    [
        ({"return": True}, "return"),
        ({"elsewhere": "moon"}, "elsewhere"),
        ({"return_price": "4,50"}, "return_price"),
        ({"return_days": 0}, "return_days"),
        ({"return_days": True}, "return_days"),
        ({"retour": "no"}, "retour"),
    ],
)
def test_terms_that_mean_nothing_are_refused_by_name(raw: dict[str, Any], wrong: str) -> None:
    with pytest.raises(ValueError, match=f"^{wrong}:"):
        terms.read(raw)

"""A booking reaches whoever carries it out, and its customer reads the truth meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app import clock
from app.booking import service as booking
from app.db.connection import connection, transaction
from app.dispatch import service as dispatch
from app.errors import Problem
from app.handover import acts_store, audit, outbox
from app.promises import service as promises
from tests.handover.edge import Edge
from tests.inline import advance, run_steps, settle
from tests.play import Play


def row(case_id: int) -> dict[str, Any]:
    found = (
        connection()
        .execute(
            """SELECT b.*, h.confirm_by, h.people_at FROM bookings b
                 LEFT JOIN handovers h ON h.booking_id = b.id
                WHERE b.case_id = %s ORDER BY b.id DESC LIMIT 1""",
            [case_id],
        )
        .fetchone()
    )
    assert found is not None
    return found


def acts(case_id: int) -> list[tuple[str, str]]:
    return [
        (act["act"], act["outcome"] or act["state"])
        for act in acts_store.of_case(connection(), case_id)
        if act["act"] != "can"
    ]


def last(play: Play, case_id: int, audience: str = "customer") -> dict[str, Any]:
    return play.messages(case_id, audience=audience)[-1]


def confirm_promises(case_id: int) -> list[str]:
    found = promises.of_case(connection(), case_id)
    return [str(p.state) for p in found if p.kind is promises.Kind.CONFIRM]


def booked(play: Play, **said: str) -> int:
    """A customer who was told has chosen the first slot."""
    case_id = play.courier(**said)
    play.acknowledge(case_id)
    play.choose(case_id, confirmed=False)
    return case_id


def keeperless() -> list[int]:
    return audit.find(connection())


def test_a_courier_confirms_at_once(play: Play, heron: Edge) -> None:
    case_id = booked(play, email="kim@example.com")
    first, second = play.messages(case_id, audience="customer", topic="booking")
    assert "you asked for" in first["text"]
    assert "confirming it with the courier and will tell you by" in first["text"]
    assert "new delivery confirmed" in second["text"]
    rows = connection().execute(
        """SELECT calendar FROM messages JOIN message_words ON message_id = id
            WHERE topic = 'booking' ORDER BY id"""
    )
    tentative, certain = (row["calendar"] for row in rows)
    assert "STATUS:TENTATIVE" in tentative
    assert "SEQUENCE:0" in tentative
    assert "STATUS:CONFIRMED" in certain
    assert "SEQUENCE:1" in certain
    assert row(case_id)["confirmed_by"] == "Heron"
    assert acts(case_id) == [("push", "confirmed")]
    assert confirm_promises(case_id) == ["kept"]
    assert heron.play.pushes == 1
    assert heron.pushing[0].json["parcel"] == "P1"
    assert "booking_confirmed" in play.timeline(case_id)
    assert keeperless() == []


def test_a_courier_refuses_and_the_customer_chooses_again(play: Play, heron: Edge) -> None:
    heron.play.refusing = True
    case_id = booked(play)
    refused = row(case_id)
    assert refused["state"] == "refused"
    said = last(play, case_id)
    assert "the courier can't do" in said["text"]
    assert "Please choose again" in said["text"]
    offered = [slot.id for slot in play.options(case_id).slots]
    assert offered
    assert refused["slot_id"] not in offered, "what was refused is not offered again"
    with pytest.raises(Problem, match="not offered"):
        play.choose(case_id, f"slot:{refused['slot_id']}")
    slots = connection().execute("SELECT taken FROM slots WHERE id = %s", [refused["slot_id"]])
    assert slots.fetchone() == {"taken": 0}
    heron.play.refusing = False
    play.choose(case_id)
    assert row(case_id)["confirmed_at"]
    assert acts(case_id) == [("push", "refused"), ("push", "confirmed")]
    assert confirm_promises(case_id) == ["kept", "kept"]


def test_an_answer_that_was_lost_is_asked_for_and_nothing_is_placed_twice(
    play: Play, heron: Edge
) -> None:
    heron.misbehave = ["lose"]
    case_id = booked(play)
    assert row(case_id)["confirmed_at"] is None
    advance(minutes=2)
    assert row(case_id)["confirmed_at"]
    assert heron.play.pushes == 1
    assert len(heron.pushing) == 1


def test_what_is_changed_and_withdrawn_travels_in_order(play: Play, heron: Edge) -> None:
    case_id = booked(play)
    first = row(case_id)
    play.choose(case_id, play.options(case_id).slots[-1].choice)
    assert row(case_id)["id"] != first["id"]
    advance(minutes=1)
    assert acts(case_id) == [
        ("push", "confirmed"),
        ("withdraw", "withdrawn"),
        ("push", "confirmed"),
    ]
    assert len(heron.play.placed) == 1
    play.close(case_id, "refunded")
    assert acts(case_id)[-1] == ("withdraw", "withdrawn")
    assert heron.play.placed == {}
    assert row(case_id)["state"] == "dropped"


def test_nobody_looks_again_and_again_for_what_waits_behind_a_withdrawal(
    play: Play, heron: Edge
) -> None:
    case_id = booked(play)
    with transaction() as conn:
        choice = play.options(case_id).slots[-1].choice
        booking.choose(conn, play.case(case_id), choice, booking.ChosenBy.CUSTOMER, clock.now())
    while run_steps():
        pass
    later = clock.now() + timedelta(hours=1)  # the courier could not be told yet
    connection().execute(
        "UPDATE handover_acts SET due_at = %s WHERE act = 'withdraw' AND state = 'waiting'", [later]
    )
    assert acts(case_id)[1:] == [("withdraw", "waiting"), ("push", "waiting")]
    assert outbox.next_due(connection()) == later
    assert outbox.accounts_due(connection()) == []
    advance(minutes=61)
    assert acts(case_id)[1:] == [("withdraw", "withdrawn"), ("push", "confirmed")]


def test_withdraw_ended_booking_voids_what_was_never_told(play: Play, heron: Edge) -> None:
    """The trigger `withdraw_ended_booking`: nothing is told that is not wanted any more."""
    heron.misbehave = ["limit"]
    case_id = booked(play)
    assert acts(case_id) == [("push", "waiting")]
    play.close(case_id, "refunded")
    assert acts(case_id) == [("push", "dropped")]
    assert heron.play.pushes == 0
    assert confirm_promises(case_id) == ["released"]


def test_two_quick_changes_leave_one_delivery(play: Play, heron: Edge) -> None:
    case_id = play.courier()
    play.acknowledge(case_id)
    choices = [slot.choice for slot in play.options(case_id).slots[:3]]
    for choice in choices:  # before anything is run
        with transaction() as conn:
            case = play.case(case_id)
            booking.choose(conn, case, choice, booking.ChosenBy.CUSTOMER, clock.now())
    settle()
    advance(minutes=1)
    assert len(heron.play.placed) == 1
    assert row(case_id)["confirmed_at"]
    assert row(case_id)["slot_id"] == int(choices[-1].partition(":")[2])


def test_an_unreachable_courier_falls_back_to_the_depots_people_in_time(
    play: Play, heron: Edge
) -> None:
    heron.misbehave = ["limit"] * 999
    case_id = booked(play)
    begun = row(case_id)
    assert begun["people_at"] < begun["confirm_by"] <= begun["cutoff_at"]
    advance(seconds=(begun["people_at"] - clock.now()).total_seconds() + 1)
    assert ("handover", "open") in play.tasks(case_id)
    assert acts(case_id) == [("push", "people")], "what people do is not told to the courier, too"
    call = last(play, case_id, "dispatcher")
    assert "Please confirm ORD-P1," in call["text"]
    assert "booking_unconfirmed" in play.timeline(case_id)
    task = play.task(case_id)
    with pytest.raises(Problem, match="confirmed, refused"):
        dispatch.resolve(task.id, "Ana", "", "", clock.now())
    dispatch.resolve(task.id, "Ana", "confirmed", "rang them", clock.now())
    settle()
    assert row(case_id)["confirmed_by"] == "Ana"
    assert "new delivery confirmed" in last(play, case_id)["text"]
    assert confirm_promises(case_id) == ["kept"]
    assert heron.play.pushes == 0


def test_the_depots_people_confirm_where_there_is_no_courier_to_tell(play: Play) -> None:
    case_id = booked(play)
    asked = last(play, case_id)
    assert "We're confirming it with the depot and will tell you by" in asked["text"]
    call = last(play, case_id, "dispatcher")
    assert "Yes or no by" in call["text"]
    assert "2695 E Katella Ave" in call["text"] or "Kim" in call["text"], call["text"]
    assert play.task(case_id).kind == "handover"
    assert keeperless() == []
    advance(minutes=20)
    assert len({m["recipient"] for m in play.messages(case_id, audience="dispatcher")}) >= 3
    dispatch.resolve(play.task(case_id).id, "Ben", "refused", "the van is full", clock.now())
    settle()
    assert row(case_id)["state"] == "refused"
    assert "the depot can't do" in last(play, case_id)["text"]


def test_who_confirmed_is_told_when_it_is_changed_and_when_it_is_off(play: Play) -> None:
    case_id = booked(play)
    play.answer(case_id, "confirmed", "Ben")
    other = play.options(case_id).slots[1]
    play.choose(case_id, other.choice, confirmed=False)
    told = [m for m in play.messages(case_id, audience="dispatcher") if "Off: " in m["text"]]
    assert {m["recipient"] for m in told if m["channel"] == "sms"} == {"+17145554102"}
    assert "You had confirmed it; the customer changed it to" in told[0]["text"]
    play.answer(case_id, "confirmed", "Ana")
    play.courier("lost")
    settle()
    told = play.messages(case_id, audience="dispatcher", channel="sms")
    off = [(m["recipient"], m["text"]) for m in told if "Off: " in m["text"]]
    assert [number for number, _ in off] == ["+17145554102", "+17145554101"]
    assert "You had confirmed it; it is not wanted any more." in off[1][1]
    play.close(case_id, "refunded")
    assert len([m for m in play.messages(case_id) if "Off: " in m["text"]]) == len(off)  # once each


@pytest.mark.parametrize(("end", "told"), [("refunded", 1), ("delivered", 0)])
def test_a_case_that_is_closed_tells_who_confirmed_unless_it_arrived(play: Play, end, told) -> None:
    case_id = booked(play)
    play.answer(case_id, "confirmed", "Ben")
    play.close(case_id, end)
    sent = play.messages(case_id, audience="dispatcher", channel="sms")
    assert len([m for m in sent if "Off: " in m["text"]]) == told


def test_who_took_it_on_and_says_nothing_is_called_again_and_the_customer_hears(
    play: Play,
) -> None:
    case_id = booked(play)
    by = row(case_id)["confirm_by"]
    play.acknowledge(case_id)
    advance(seconds=(by - clock.now()).total_seconds() - 600)
    assert [state for kind, state in play.tasks(case_id) if kind == "handover"] == [
        "withdrawn",
        "open",
    ]
    advance(minutes=9)  # before the hour passes that was promised
    assert (
        "is not confirmed yet. We'll keep asking and will tell you by"
        in last(play, case_id)["text"]
    )
    assert confirm_promises(case_id) == ["kept", "open"]
    begun = row(case_id)
    assert begun["confirm_by"] > by
    advance(seconds=(begun["starts_at"] - clock.now()).total_seconds())
    assert row(case_id)["state"] == "refused", "what nobody confirms is not kept up"
    told = " ".join(last(play, case_id)["text"].split())
    assert "nobody confirmed Tue, May 6, 1:00 PM-5:00 PM in time" in told


def test_a_case_without_a_keeper_is_found_and_healed(play: Play) -> None:
    case_id = booked(play)
    connection().execute(
        "DELETE FROM steps WHERE name IN ('hand_over', 'call_for_handover') AND case_id = %s",
        [case_id],
    )
    assert keeperless() == [case_id]
    audit.heal(clock.now())
    assert keeperless() == []
    assert "hand_over" in play.waiting(case_id)


def test_no_sign_of_a_tour_before_the_window_calls_the_depot(play: Play) -> None:
    connection().execute("UPDATE courier_accounts SET courier = 'easypost'")
    case_id = booked(play)
    dispatch.resolve(play.task(case_id).id, "Ana", "confirmed", "", clock.now())
    settle()
    starts = row(case_id)["starts_at"]
    advance(seconds=(starts - timedelta(hours=2) - clock.now()).total_seconds() + 1)
    assert "booking_at_risk" in play.timeline(case_id)
    assert "Will ORD-P1 go out?" in last(play, case_id, "dispatcher")["text"]
    connection().execute(
        "UPDATE shipments SET status = 'progress', status_words = 'Arrived at hub', status_at = %s",
        [clock.now()],
    )
    advance(hours=2, minutes=1)
    assert row(case_id)["state"] == "broken"
    assert "choose again" in last(play, case_id)["text"]

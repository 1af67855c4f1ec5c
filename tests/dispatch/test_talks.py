"""Somebody of a depot calls our number back, and speaks with a customer through it."""

from __future__ import annotations

from itertools import count

import pytest

from app import clock
from app.access import throttle
from app.db.connection import connection
from app.directory import store as directory
from app.dispatch import bridge, service, talks
from app.errors import Problem
from tests import courier
from tests.channels.phones import Call
from tests.dispatch.house import ANA, BEN, House
from tests.inline import advance, settle

OURS = "+15005550006"
_SIDS = count(10**6)


def caller(house: House, number: str = ANA) -> Call:
    return Call(f"CA{next(_SIDS):032}", {"From": number, "To": OURS}, house.web)


def code(house: House, name: str = "Ana") -> str:
    person = directory.person(connection(), house.world.people[name])
    assert person
    return talks.code_of(person)


@pytest.fixture(autouse=True)
def nobody_is_counted(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Failures by whom, in memory."""
    failures: dict[str, int] = {}

    def failed(who: str) -> None:
        failures[who] = failures.get(who, 0) + 1

    monkeypatch.setattr(throttle, "failed", failed)
    monkeypatch.setattr(throttle, "_failures", lambda who: failures.get(who, 0))
    return failures


def test_who_calls_back_hears_how_much_waits_and_with_the_code_what_it_is(house: House):
    house.courier(parcel="P1")
    house.courier(parcel="P2")
    call = caller(house)
    (said, _) = call.comes_in()
    assert said.startswith("Hello Ana. 2 parcels wait for you.")
    assert "P 1" not in said, "the number that somebody calls from proves nothing"
    first = call.press(code(house))
    assert first[0].startswith("Anaheim depot: a delivery failed")
    assert "R D P 1" in first[0]
    assert "4 for the next one" in first[0]


def test_keys_act_on_what_was_just_said(house: House):
    one, two, three = (house.courier(parcel=f"P{n}") for n in (1, 2, 3))
    call = caller(house)
    call.comes_in()
    call.press(code(house))
    assert "R D P 1" in call.press("3")[0], "again"
    assert "R D P 2" in call.press("4")[0], "the next one"
    assert "That key does nothing here." in call.press("9")[0]
    said = call.press("1")[0]
    assert said.startswith("You have taken it on.")
    assert "R D P 3" in said
    assert call.press("2") == ["It is passed on. That was all. Goodbye."]
    assert [house.task(c).acknowledged_by for c in (one, two, three)] == [None, "Ana", None]
    settle()
    assert house.task(three).level == 2


def test_three_wrong_codes_end_the_call_and_many_close_the_door(
    house: House, nobody_is_counted: dict[str, int]
):
    case_id = house.courier()
    right = code(house)
    wrong = f"{(int(right) + 1) % 10**6:06}"
    call = caller(house)
    call.comes_in()
    assert call.press(wrong)[0].startswith("That is not your code. Please")
    assert call.press("12")[0].startswith("That is not your code. Please")
    assert call.press(wrong) == ["That is not your code. Goodbye."]
    assert call.menu is None
    for _ in range(8):
        call = caller(house)
        call.comes_in()
        call.press(wrong)
        call.press(wrong)
    call = caller(house)
    call.comes_in()
    call.press(wrong)
    assert "Too many wrong codes" in call.press(right)[0]
    nobody_is_counted.clear()
    call = caller(house)
    call.comes_in()
    assert "R D P 1" in call.press(right)[0]
    assert house.task(case_id).state == "open"


def test_what_nobody_waits_for_and_who_nobody_knows(house: House):
    assert caller(house).comes_in() == ["Hello Ana. Nothing waits for you. Goodbye."]
    house.courier()
    assert caller(house, BEN).comes_in() == ["Hello Ben. Nothing waits for you. Goodbye."]
    for stranger in ("+15005550000", "anonymous", ""):
        (said,) = caller(house, stranger).comes_in()
        assert said.startswith("This is Reknock, which calls depots")


def test_what_somebody_else_took_meanwhile_is_said(house: House):
    case_id = house.courier()
    call = caller(house)
    call.comes_in()
    call.press(code(house))
    service.acknowledge(house.task(case_id).id, "Ben", "", "", clock.now())
    (said,) = call.press("1")
    assert said.startswith("Ben took it on at ")


def test_a_code_is_ones_own_and_ends_with_the_number(house: House):
    mine = code(house)
    assert mine != code(house, "Ben")
    assert len(mine) == talks.DIGITS
    connection().execute("UPDATE people SET phone = '+17145554199' WHERE name = 'Ana'")
    assert code(house) != mine


def put_through(house: House) -> tuple[int, Call]:
    """Ana wants to speak with the customer; her telephone rings."""
    case_id, _ = house.ring()
    bridge.call_customer(case_id, house.world.people["Ana"], clock.now())
    settle()
    (call,) = house.phones.placed()
    return case_id, call


def dialled(call: Call) -> list[str | None]:
    """Whom they were put through to, from our number and unrecorded."""
    if call.dial is None:
        return []
    assert call.dial.attrib["callerId"] == OURS
    assert not {name for name in call.dial.attrib if name.startswith("record")}
    return [number.text for number in call.dial]


def notes(case_id: int) -> list[tuple[str, str]]:
    rows = connection().execute(
        """SELECT kind, actor, facts FROM timeline WHERE case_id = %s
              AND kind IN ('contact_elsewhere', 'note') ORDER BY id""",
        [case_id],
    )
    return [(row["actor"], row["facts"]["text"]) for row in rows.fetchall()]


def test_a_dispatcher_is_put_through_and_neither_sees_the_others_number(house: House):
    case_id, call = put_through(house)
    assert (call.form["To"], call.form["From"]) == (ANA, OURS)
    assert "Press 1 to be put through." in call.answer()[0]
    assert dialled(call) == [], "a mailbox is not put through"
    assert call.press("1") == ["One moment, you are being put through."]
    assert dialled(call) == [courier.PHONE]
    for _ in range(2):
        assert call.put_through("completed", 192) == []
    call.hang_up()
    settle()
    assert notes(case_id) == [("Ana", "3:12 min")]
    assert house.rows(case_id)[-1] == ("voice", "delivered", None)


@pytest.mark.parametrize(
    ("status", "words"), [("busy", "the line was busy"), ("no-answer", "nobody answered")]
)
def test_a_customer_who_is_not_there_is_noted(house: House, status: str, words: str):
    case_id, call = put_through(house)
    call.answer()
    call.press("1")
    assert call.put_through(status) == ["The customer was not reached. Goodbye."]
    assert notes(case_id) == [("Ana", f"The customer was called, and {words}.")]


def test_who_does_not_answer_for_it_is_not_written_to(house: House):
    _, call = put_through(house)
    call.answer()
    call.silence()
    settle()
    assert house.texts() == []


def test_without_a_number_it_is_said(house: House):
    case_id = house.courier()
    nobody = [None, 999_999]
    connection().execute("UPDATE people SET phone = NULL WHERE name = 'Ben'")
    for person in (*nobody, house.world.people["Ben"]):
        with pytest.raises(Problem, match="no number of yours"):
            bridge.call_customer(case_id, person, clock.now())
    nameless = house.courier(parcel="P2", phone=None)
    with pytest.raises(Problem, match="customer has no number"):
        bridge.call_customer(nameless, house.world.people["Ana"], clock.now())
    advance(minutes=1)
    assert "bridge" not in [m["topic"] for m in house.messages(case_id)]

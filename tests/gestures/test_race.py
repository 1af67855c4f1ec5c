"""A thousand at once: no budget is passed, no code is given twice, and nobody gets two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from app import clock
from app.access import vault
from app.cases import store as case_store
from app.db import connection as db
from app.db.connection import transaction
from app.gestures import service
from app.gestures.model import Gesture, State, Why
from app.gestures.rules import Granted, Not
from tests.channels.world import read
from tests.gestures.conftest import codes, gives, rows, spent
from tests.play import Play

THREADS = 8
MANY = 1000


def copies(number: int, customers: int) -> list[int]:
    """So many cases that a courier's fault opened, of so many customers."""
    with transaction() as conn:
        made = conn.execute(
            """WITH parcels AS (
                   INSERT INTO shipments (shipper_id, account_id, depot_id, courier_ref,
                                          tracking_number, phone, created_at, updated_at)
                   SELECT a.shipper_id, a.id, a.depot_id, 'C' || n, 'C' || n,
                          '+1714555' || (1000 + n %% %s), now(), now()
                     FROM generate_series(1, %s) n, (SELECT * FROM courier_accounts LIMIT 1) a
                   RETURNING *)
               INSERT INTO cases (shipment_id, shipper_id, account_id, depot_id, policy_id, kind,
                      state, reason, fault, words, opened_at, updated_at, request_id)
               SELECT p.id, p.shipper_id, p.account_id, p.depot_id, h.policy_id, 'failed',
                      'open', 'courier_problem', 'courier', '', now(), now(), 'many'
                 FROM parcels p JOIN shippers h ON h.id = p.shipper_id RETURNING id""",
            [customers, number],
        ).fetchall()
    return [row["id"] for row in made]


def give(case_id: int) -> Gesture | Granted | Not:
    """Whoever does so by hand does not even hold the case: the rest has to be safe by itself."""
    with transaction() as conn:
        (case,) = case_store.load(conn, [case_id])
        service.hold(conn, [case])
        return service.give(conn, case, Why.PERSON, "Ana", clock.now())


def at_once(
    act: Callable[[int], Gesture | Granted | Not], about: Sequence[int]
) -> list[Gesture | Granted | Not]:
    """All of these, in eight threads."""

    def alone(part: Sequence[int]) -> list[Gesture | Granted | Not]:
        try:
            return [act(one) for one in part]
        finally:
            db.close()

    parts = [about[n::THREADS] for n in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as threads:
        return [one for part in threads.map(alone, parts) for one in part]


def test_a_budget_is_never_passed_by_a_cent(play: Play) -> None:
    gives(granted_by="webhook", month="1234.56", first="7.00", regular="7.00")
    came = Counter(map(type, at_once(give, copies(MANY, MANY))))
    assert came[Gesture] == 176
    assert came[Not] == MANY - 176
    assert spent() == 176 * 700 <= 123456
    assert sum(row["amount"] for row in rows()) == spent()


def test_a_code_is_given_once_and_none_is_given_without(play: Play) -> None:
    gives(month="100000.00", times=20)
    codes(*["5.00"] * 300)
    came = Counter(map(type, at_once(give, copies(MANY, MANY))))
    assert came[Gesture] == 300
    told = [vault.unseal(row["code"]) for row in rows()]
    assert len(set(told)) == 300
    (left,) = read("SELECT count(*) AS n FROM gesture_codes WHERE gesture_id IS NULL")
    assert left["n"] == 0
    assert spent() == 300 * 500


def test_nobody_gets_two_whatever_their_cases(play: Play) -> None:
    gives(granted_by="webhook", month="100000.00", first="5.00")
    came = at_once(give, copies(MANY, 10))
    assert Counter(map(type, came))[Gesture] == 10
    assert set(came) - {one for one in came if isinstance(one, Gesture)} == {Not.ENOUGH}
    assert len(rows()) == 10
    assert spent() == 10 * 500


def test_one_case_gets_one_however_often_it_is_made(play: Play) -> None:
    gives(granted_by="webhook", month="100000.00", times=20)
    (case_id,) = copies(1, 1)
    came = at_once(give, [case_id] * MANY)
    assert Counter(map(type, came))[Gesture] == 1
    assert spent() == 500


def test_it_is_granted_or_refused_once_and_the_amount_goes_back_once(play: Play) -> None:
    gives(granted_by="webhook", month="1000.00")
    (case_id,) = copies(1, 1)
    made = give(case_id)
    assert isinstance(made, Gesture)

    def refuse(_: int) -> Not:
        with transaction() as conn:
            service.settle(conn, made.id, State.REFUSED, "shipper", clock.now())
        return Not.ALREADY

    at_once(refuse, range(100))
    assert spent() == 0


@pytest.mark.parametrize("kind", ["month", "codes"])
def test_what_is_given_back_can_be_given(play: Play, kind: str) -> None:
    gives(granted_by="webhook" if kind == "month" else "codes", month="5.00")
    codes("5.00", "5.00")
    first, second = copies(2, 2)
    made = give(first)
    assert isinstance(made, Gesture)
    assert give(second) is Not.NO_BUDGET
    (left,) = read("SELECT count(*) AS n FROM gesture_codes WHERE gesture_id IS NULL")
    assert left["n"] == (2 if kind == "month" else 1)  # the second one's was given back
    if kind == "month":
        with transaction() as conn:
            service.settle(conn, made.id, State.REFUSED, "shipper", clock.now())
        assert isinstance(give(second), Gesture)

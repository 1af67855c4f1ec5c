"""Every verb writes a case, and returns it as whoever reads it next finds it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from app import clock
from app.cases import service, store
from app.cases.model import Case, CaseKind, CaseState, Contact, Report, Resolution
from app.db.connection import Connection, connection, transaction
from tests.play import Play, play

__all__ = ["play"]

_SOON = timedelta(hours=5)
_REPORT = Report(CaseKind.LOST, "lost", "courier", "nowhere to be found")
_CONTACT = Contact("+17145550188", "mobile", "m@example.test", None)

Verb = Callable[[Connection, list[Case]], list[Case]]

_VERBS: dict[str, Verb] = {
    "contact_checked": lambda conn, cases: service.contact_checked(
        conn, [(case, _CONTACT, clock.now() + _SOON) for case in cases], clock.now()
    ),
    "acknowledged": lambda conn, cases: [
        service.acknowledged(conn, case, "Ben", clock.now()) for case in cases
    ],
    "released": lambda conn, cases: [service.released(conn, case, clock.now()) for case in cases],
    "booked": lambda conn, cases: [
        service.booked(conn, case, clock.now() + _SOON, clock.now()) for case in cases
    ],
    "informed": lambda conn, cases: service.informed(
        conn, [(case, clock.now() + _SOON) for case in cases], clock.now()
    ),
    "promise_broken": lambda conn, cases: service.promise_broken(conn, cases, clock.now()),
    "reported_anew": lambda conn, cases: service.reported_anew(
        conn, [(case, _REPORT) for case in cases], clock.now()
    ),
}


def both(play: Play, verb: Verb) -> tuple[list[Case], list[Case]]:
    """What a verb returns for two cases far along, and what is read afterwards."""
    ids = [play.courier(parcel="P1"), play.courier(parcel="P2")]
    play.acknowledge(ids[0])
    play.choose(ids[1])
    with transaction() as conn:
        after = verb(conn, store.lock(conn, ids))
    return after, store.load(connection(), ids)


@pytest.mark.parametrize("verb", _VERBS)
def test_a_verb_returns_what_it_wrote(play: Play, verb: str):
    after, read = both(play, _VERBS[verb])
    assert after == read


@pytest.mark.parametrize("verb", ["contact_checked", "informed", "promise_broken", "reported_anew"])
def test_many_cases_are_written_at_once_and_none_is_no_statement(play: Play, verb: str):
    with transaction() as conn:
        assert _VERBS[verb](conn, []) == []
    after, _ = both(play, _VERBS[verb])
    assert len(after) == 2


def test_a_case_that_is_opened_is_read_whole(play: Play):
    case = play.case(play.courier())
    assert (case.kind, case.state, case.resolution) == (CaseKind.FAILED, CaseState.OPEN, None)
    assert (case.parcel.tracking_number, case.parcel.attempts) == ("P1", 1)
    assert case.parcel.label == case.parcel.order_ref
    assert case.depot.zone
    assert case.shipper.country


def test_whom_a_dispatcher_passes_on_nobody_answers_for(play: Play):
    case_id = play.courier()
    with transaction() as conn:
        (case,) = store.lock(conn, [case_id])
        taken = service.acknowledged(conn, case, "Ben", clock.now())
        left = service.released(conn, taken, clock.now())
    assert (taken.acknowledged_by, left.acknowledged_by) == ("Ben", None)
    assert play.case(case_id) == left


def test_what_a_verb_does_not_mean_stays_as_others_wrote_it(play: Play):
    case_id = play.courier()
    with transaction() as conn:
        (before,) = store.lock(conn, [case_id])
        service.acknowledged(conn, before, "Ben", clock.now())
        service.informed(conn, [(before, clock.now() + _SOON)], clock.now())
    case = play.case(case_id)
    assert (case.acknowledged_by, case.state) == ("Ben", CaseState.INFORMED)


def test_a_closed_case_says_how_it_ended(play: Play):
    case_id = play.courier()
    play.close(case_id, "refunded")
    case = play.case(case_id)
    assert case.closed
    assert case.resolution is Resolution.REFUNDED

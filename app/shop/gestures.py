"""What a shipper gives to a customer it let down: from its page, within its own rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from app import clock
from app.cases import service as cases
from app.cases.model import Case
from app.db.connection import Connection, transaction
from app.errors import Problem
from app.gestures import service
from app.gestures.model import Gesture, Kind, State, Why, Would
from app.gestures.rules import Granted, Not
from app.gestures.words import WHY_NOT
from app.languages import prices
from app.languages.language import Language, mark

SETTLES = frozenset({"grant", "no_gesture"})
ACTS = SETTLES | {"give"}
_LONGEST = 200


class Shown(NamedTuple):
    """What the page says of a case's gestures."""

    asked: list[Gesture]
    """Those that wait for the shipper's yes."""
    would: Would | None
    """What its rules have for the case now."""
    why_not: str
    """Why they have nothing; empty where it has no rules."""
    language: Language

    def worth(self, given: Gesture | Would) -> str:
        """Its amount, as people write it; empty where nobody knows."""
        if not given.amount:
            return ""
        return prices.amount(given.amount, given.currency, self.language)


def shown(conn: Connection, case: Case, language: Language, of: Kind | None = None) -> Shown:
    """How far the gestures of a case are, or those of a kind that are asked for."""
    asked = [one for one in service.of_case(conn, case.id) if one.state is State.ASKED]
    if of:
        return Shown([one for one in asked if one.kind is of], None, "", language)
    found = service.would(conn, case, clock.now())
    if isinstance(found, Would):
        return Shown(asked, found, "", language)
    quiet = found in {Not.NO_RULES, Not.ALREADY}
    return Shown(asked, None, "" if quiet else WHY_NOT[found], language)


def take(form: Mapping[str, str], case_id: int, by: str) -> str:
    """Do what the form says by `act`: give one, grant or refuse what was asked; what is said then.

    Raises:
        Problem: 404 no such gesture; 409 the rules have none, or it was settled otherwise.
    """
    if form["act"] != "give":
        return settle(form, case_id, by)
    with transaction() as conn:
        case = cases.lock(conn, case_id)
        assert case is not None  # noqa: S101 - the page saw to it
        service.hold(conn, [case])
        came = service.give(conn, case, Why.PERSON, by, clock.now())
        if isinstance(came, Not):
            raise Problem(409, "no_gesture", WHY_NOT[came], why=came.value)
        assert not isinstance(came, Granted)  # noqa: S101 - a person's waits for nothing
        if came.state is State.ASKED:
            return mark("Your system is asked. Your customer is told once it grants it.")
        return mark("Saved. Your customer is told.")


def settle(form: Mapping[str, str], case_id: int, by: str, of: Kind | None = None) -> str:
    """Grant or refuse what was asked, of this kind if one is named; what is said then.

    Raises:
        Problem: 404 no such gesture; 409 it was settled otherwise.
    """
    now = clock.now()
    with transaction() as conn:
        gesture_id = _asked(conn, case_id, form.get("gesture", ""), of)
        if form["act"] == "no_gesture":
            service.settle(conn, gesture_id, State.REFUSED, by, now)
            return mark("Saved.")
        code = form.get("code", "").strip()[:_LONGEST]
        service.settle(conn, gesture_id, State.MADE, by, now, code=code)
        return mark("Saved. Your customer is told.")


def _asked(conn: Connection, case_id: int, text: str, of: Kind | None) -> int:
    """The gesture that a form means, of this case and no other."""
    for one in service.of_case(conn, case_id):
        if str(one.id) == text and of in {None, one.kind}:
            return one.id
    raise Problem(404, "no_such_gesture", mark("There is no such gesture."))

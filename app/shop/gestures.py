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
from app.gestures.model import Gesture, State, Why, Would
from app.gestures.rules import Granted, Not
from app.gestures.words import WHY_NOT
from app.languages import prices
from app.languages.language import Language, mark

ACTS = frozenset({"give", "grant", "no_gesture"})
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


def shown(conn: Connection, case: Case, language: Language) -> Shown:
    """How far the gestures of a case are."""
    asked = [one for one in service.of_case(conn, case.id) if one.state is State.ASKED]
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
    act, now = form["act"], clock.now()
    with transaction() as conn:
        case = cases.lock(conn, case_id)
        assert case is not None  # noqa: S101 - the page saw to it
        if act == "give":
            service.hold(conn, [case])
            came = service.give(conn, case, Why.PERSON, by, now)
            if isinstance(came, Not):
                raise Problem(409, "no_gesture", WHY_NOT[came], why=came.value)
            assert not isinstance(came, Granted)  # noqa: S101 - a person's waits for nothing
            if came.state is State.ASKED:
                return mark("Your system is asked. Your customer is told once it grants it.")
            return mark("Saved. Your customer is told.")
        gesture_id = _asked(conn, case_id, form.get("gesture", ""))
        if act == "no_gesture":
            service.settle(conn, gesture_id, State.REFUSED, by, now)
            return mark("Saved.")
        code = form.get("code", "").strip()[:_LONGEST]
        service.settle(conn, gesture_id, State.MADE, by, now, code=code)
        return mark("Saved. Your customer is told.")


def _asked(conn: Connection, case_id: int, text: str) -> int:
    """The gesture that a form means, of this case and no other."""
    for one in service.of_case(conn, case_id):
        if str(one.id) == text:
            return one.id
    raise Problem(404, "no_such_gesture", mark("There is no such gesture."))

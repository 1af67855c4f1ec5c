"""Verbs on people: the same for the pages and the terminal. In the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from app import languages
from app.access.keys import Caller
from app.db.connection import Connection
from app.directory import changes_store, roles_store, service
from app.directory import store as directory
from app.directory.changes import By, record
from app.errors import Problem
from app.languages.language import mark
from app.languages.sentence import sentence
from app.managing import people_store as store
from app.managing.faults import wrong_fields
from app.managing.people_store import Person
from app.shipments.reachable import check_email, check_number

_BY_PHONE = ("voice", "sms")
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody is to be called, how they are reached, and what they may."""

    name: str
    phone: str
    email: str
    channels: Sequence[str]
    """In which order they are tried."""
    role: str
    depots: Sequence[int] | None
    """Whose cases they see; None: every depot's. Of a shipper's people: those of no depot."""
    shipper: str = ""
    """The slug of whom they are of, in the role `shipper`."""
    language: str = ""
    """The code of what they read and hear; empty for the house's."""


def may_manage(caller: Caller, role: str, depots: Sequence[int] | None) -> bool:
    """Whether a caller may give somebody this role and scope, and change who has them.

    An admin may; a supervisor manages the dispatchers of their own depots.
    """
    if caller.role == "admin":
        return True
    theirs = caller.depots
    inside = bool(depots) and (theirs is None or set(depots or ()) <= set(theirs))
    return caller.role == "supervisor" and role == "dispatcher" and inside


def _refuse_blind(conn: Connection, person_id: int) -> None:
    """Nobody is called for cases that they do not see.

    Raises:
        Problem: 409, a depot calls them whose cases they would not see.
    """
    if unseen := store.called_unseeing(conn, person_id):
        detail = sentence(
            "{depots} would still call them, and they would see none of its cases. "
            "Take them off its ladder first, or let them see it.",
            depots=", ".join(unseen),
        )
        raise Problem(409, "called_unseeing", detail)


def check_may(caller: Caller, role: str, depots: Sequence[int] | None) -> None:
    """Let a caller manage somebody with this role and scope.

    Raises:
        Problem: 403, that is for an admin.
    """
    if not may_manage(caller, role, depots):
        raise Problem(
            403,
            "for_an_admin",
            mark("You manage the dispatchers of your own depots. Please ask an admin for more."),
        )


def add(conn: Connection, who: By, wanted: Wanted, now: datetime) -> Person:
    """Add somebody.

    Raises:
        Problem: 422, with what is wrong by field.
    """
    reached = _reached(wanted)
    person_id = directory.add_person(conn, wanted.name.strip(), *reached, wanted.channels, now)
    if person_id is None:
        raise _taken(wanted)
    _let_see(conn, person_id, wanted)
    store.speak(conn, person_id, wanted.language)
    person = find(conn, person_id)
    record(conn, who, "person", (person.id, person.name), person.depots, {}, _facts(person), now)
    return person


def change(conn: Connection, who: By, person_id: int, wanted: Wanted, now: datetime) -> bool:
    """Let somebody be as wanted; False when they are already.

    Raises:
        Problem: 404 nobody is; 409 they would change what they may themselves; 422 by field.
    """
    before = find(conn, person_id)
    said = (wanted.name.strip(), *_reached(wanted))
    sees = (before.role, before.depots, before.shipper)
    other = sees != (wanted.role, _depots(wanted), wanted.shipper)
    if other and who.person_id == person_id:
        raise Problem(
            409, "not_oneself", mark("What you may yourself, somebody else has to change for you.")
        )
    try:
        with conn.transaction():
            store.update(conn, person_id, *said, wanted.channels, wanted.language)
    except psycopg.errors.UniqueViolation as error:
        raise _taken(wanted) from error
    if other:
        _let_see(conn, person_id, wanted)
        _refuse_blind(conn, person_id)
    after = find(conn, person_id)
    depots = None if before.depots is None else [*before.depots, *(after.depots or ())]
    subject = (person_id, after.name)
    return record(conn, who, "person", subject, depots, _facts(before), _facts(after), now)


def speak(conn: Connection, who: By, person: Person, language: str, now: datetime) -> Person:
    """Let somebody read and hear this language.

    Raises:
        Problem: 422, there is none of this code.
    """
    if language not in languages.known():
        raise Problem(422, "no_such_language", mark("We don’t speak this language."))
    store.speak(conn, person.id, language)
    after = find(conn, person.id)
    subject = (person.id, person.name)
    record(conn, who, "person", subject, person.depots, _facts(person), _facts(after), now)
    return after


def remove(conn: Connection, who: By, person_id: int, now: datetime) -> int:
    """Let somebody be called no more and act no more; how many keys that ended.

    Raises:
        Problem: 404 nobody is; 409 they are a depot's last level, or oneself.
    """
    if who.person_id == person_id:
        raise Problem(409, "not_oneself", mark("Somebody else has to remove you."))
    before = find(conn, person_id)
    ended = service.remove_person(conn, person_id, now)
    subject = (person_id, before.name)
    record(conn, who, "person", subject, before.depots, _facts(before), {}, now)
    changes_store.forget(conn, "person", person_id, ["phone", "e-mail"])
    return ended


def find(conn: Connection, person_id: int) -> Person:
    """Somebody, locked until the transaction ends.

    Raises:
        Problem: 404, nobody is.
    """
    person = store.lock(conn, person_id)
    if person is None:
        raise Problem(
            404,
            "no_such_person",
            sentence("There is nobody with the id {it}.", it=person_id),
        )
    return person


def _reached(wanted: Wanted) -> tuple[str | None, str | None]:
    """The number and the address as they are kept.

    Raises:
        Problem: 422, with what is wrong by field.
    """
    faults: dict[str, str] = {}
    number = check_number(wanted.phone, "ZZ")
    email = check_email(wanted.email)
    if not 0 < len(wanted.name.strip()) <= _LONGEST_NAME:
        faults["name"] = sentence("A name has 1 to {most} characters.", most=_LONGEST_NAME)
    if wanted.phone.strip() and number.fault:
        faults["phone"] = sentence(
            "This number cannot be used. Write it in full, as {example}.", example="+1714…"
        )
    if wanted.email.strip() and email is None:
        faults["email"] = mark("No mail can be sent to this address.")
    if not wanted.channels:
        faults["channels"] = mark("Choose at least one way to reach them.")
    if wanted.language and wanted.language not in languages.known():
        faults["language"] = mark("We don’t speak this language.")
    for channel in wanted.channels:
        needed = "phone" if channel in _BY_PHONE else "email"
        if channel in (*_BY_PHONE, "email") and not getattr(wanted, needed).strip():
            faults.setdefault(needed, mark("They are to be reached this way, so it is needed."))
    if faults:
        raise wrong_fields("person_unusable", faults)
    return number.e164, email


def _let_see(conn: Connection, person_id: int, wanted: Wanted) -> None:
    shipper_id = directory.shipper_id(conn, wanted.shipper) if wanted.shipper else None
    if (wanted.role == "shipper") is not (shipper_id is not None):
        why = mark("Say whose people they are: only those of a shipper are of one.")
        raise wrong_fields("person_unusable", {"shipper": why})
    roles_store.set_role(conn, person_id, wanted.role, shipper_id)
    roles_store.set_depots(conn, person_id, _depots(wanted))


def _taken(wanted: Wanted) -> Problem:
    why = sentence("Somebody has the address {email} already.", email=wanted.email.strip())
    return wrong_fields("person_unusable", {"email": why})


def _depots(wanted: Wanted) -> list[int] | None:
    if wanted.role == "shipper":
        return []
    return None if wanted.depots is None else sorted(set(wanted.depots))


def _facts(person: Person) -> dict[str, Any]:
    sees = mark("every depot")
    if person.shipper:
        sees = person.shipper
    elif person.depots is not None:
        sees = ", ".join(person.sees) or mark("no depot")
    return {
        mark("name"): person.name,
        mark("phone"): person.phone,
        mark("e-mail"): person.email,
        mark("reached by"): ", ".join(person.channels),
        mark("language"): languages.get(person.language or languages.HOUSE).name,
        mark("role"): person.role,
        mark("sees"): sees,
    }

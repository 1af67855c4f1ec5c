"""A set-up file carried out, by the verbs of the admin pages and in one transaction.

What it says is made so; of what it does not say nothing is touched, and nothing is deleted but the
windows, closed days, levels and shifts of a depot or rota whose list the file has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple

from app.db.connection import Connection
from app.directory import changes_store
from app.directory.changes import By
from app.directory.changes_store import Change
from app.errors import Problem
from app.managing.faults import wrong_fields
from app.setup import accounts, checking, depots, names_store, people, rotas, shippers
from app.setup.document import Document, Fault, Unusable
from app.setup.lines import Place

_FIELDS = {"bad_zone": "timezone", "called_unseeing": "depots"}
"""What a verb that names no field refuses."""


class Result(NamedTuple):
    """What is otherwise now, or would be."""

    changes: Sequence[Change]
    notes: Sequence[str]
    """What was left as it is, and why."""
    made: Mapping[str, str]
    """Secrets that the file does not name, by their place: they are shown once."""


class Work:
    """One file on its way; what cannot be done is remembered, and the rest is tried."""

    def __init__(
        self, conn: Connection, document: Document, who: By, now: datetime, *, plain: bool
    ) -> None:
        self.conn = conn
        self.document = document
        self.said = document.said
        self.who = who
        self.now = now
        self.plain = plain
        """Whether shippers' own systems may be told without encryption."""
        self.faults: list[Fault] = []
        self.notes: list[str] = []
        self.made: dict[str, str] = {}

    @contextmanager
    def at(self, *place: str) -> Iterator[None]:
        """What is refused within is a fault of this place; the next is tried all the same."""
        try:
            with self.conn.transaction():
                yield
        except Problem as problem:
            field = _FIELDS.get(problem.code, "")
            for fault in problem.errors or ({"field": field, "detail": problem.detail},):
                within = tuple(part for part in str(fault["field"]).split(".") if part)
                self.fault((*place, *within), str(fault["detail"]))

    def secret(self, said: Mapping[str, Any], name: str = "secret", *, new: bool) -> str:
        """What is secret of something; empty where the file names none, or it stays as it is.

        Raises:
            Problem: 422, what is new refers to one that is not there.
        """
        if name not in said:
            return ""
        value: str | None = said[name].read(self.document.folder)
        if value is None:
            why = f"There is no {said[name].place}: "
            if new:
                raise wrong_fields("invalid", {name: f"{why}set it, and run this again."})
            self.notes.append(f"{why}what is stored stays as it is.")
        return value or ""

    def fault(self, place: Place, detail: str) -> None:
        """Remember what is wrong."""
        self.faults.append(self.document.fault(place, detail))

    def each(self, section: str, act: Callable[[Work, str, Mapping[str, Any]], None]) -> None:
        """Carry out every entry of a section, unless something before it failed."""
        if not self.faults:
            for name, said in self.said[section].items():
                with self.at(section, name):
                    act(self, name, said)


def apply(
    conn: Connection, document: Document, who: By, now: datetime, *, plain: bool = False
) -> Result:
    """Make the set-up what the file says, in the caller's transaction.

    Raises:
        Unusable: with every fault; the caller rolls back.
    """
    names_store.lock(conn)
    known = names_store.names(conn)
    if faults := checking.faults(document, known):
        raise Unusable(faults)
    last = changes_store.last_id(conn)
    work = Work(conn, document, who, now, plain=plain)
    work.each("shippers", shippers.put)
    work.each("people", people.put)
    work.each("depots", depots.add)
    work.each("people", people.let_see)
    work.each("people", people.write_to)
    work.each("rotas", rotas.put)
    work.each("depots", depots.leave)
    work.each("depots", depots.put)
    work.each("accounts", accounts.put)
    work.each("people", people.check)
    if work.faults:
        raise Unusable(work.faults)
    left = [
        f"{section[:-1]} {name}"
        for section, there in known.items()
        for name in sorted(there - document.said[section].keys())
    ]
    notes = [f"Not in the file, left as it is: {one}." for one in left]
    changes = changes_store.since(conn, last)
    return Result(_merged(changes), [*work.notes, *notes], work.made)


def _merged(changes: Sequence[Change]) -> list[Change]:
    """One change of each subject: what was added and filled is one addition."""
    merged: dict[tuple[str, int, str], Change] = {}
    for one in changes:
        key = (one.kind, one.subject_id, one.subject)
        was = merged.get(key)
        if was is not None:
            before = {**one.before, **was.before} if was.before else {}
            after = {**was.after, **one.after} if one.after else {}
            one = Change(was.id, was.at, was.by, *key, before, after)  # noqa: PLW2901
        merged[key] = one
    return list(merged.values())

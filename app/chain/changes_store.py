"""SQL that changes what waits: all that comes of a run, or of an act outside, in one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.chain.store import NewStep
from app.db.connection import Connection, dumps

CaseStep = tuple[int, str]
"""`(case_id, name)`: there is at most one live step of a name."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What becomes of steps, in the order in which it is done."""

    over: list[int] = field(default_factory=list)
    """Ids of steps that are done."""
    again: list[tuple[int, datetime, dict[str, Any]]] = field(default_factory=list)
    """Steps that wait anew: `(id, due_at, data)`."""
    waits: list[tuple[int, NewStep]] = field(default_factory=list)
    """Steps of `runs`, with their ids, that wait after all."""
    cancels: list[CaseStep] = field(default_factory=list)
    arms: dict[CaseStep, NewStep] = field(default_factory=dict)
    """One that waits already gets the new time and data."""
    runs: list[NewStep] = field(default_factory=list)
    """Steps that the caller runs in this transaction: they are not written before."""
    hastens: list[CaseStep] = field(default_factory=list)
    """Waiting steps that are due now."""

    @classmethod
    def arming(cls, steps: Sequence[NewStep]) -> Changes:
        """Nothing but these steps to be armed."""
        return cls(arms={(step.case_id, step.name): step for step in steps})

    def arms_too(self, before: Mapping[CaseStep, NewStep]) -> None:
        """Arm what was armed before these changes and is not cancelled or armed anew by them."""
        for key, step in before.items():
            if key not in self.cancels:
                self.arms.setdefault(key, step)


def write(
    conn: Connection, changes: Changes, now: datetime, until: datetime | None = None
) -> list[dict[str, Any]]:
    """Write the changes.

    With `until`, steps that are armed as due now are claimed for the caller until then, and
    returned as `store.take` returns steps; so are `runs`, with `written` saying that there is no
    row of it. See `write_steps` in migrations 0027, 0066 and 0112.
    """
    said = {
        "over": changes.over,
        "again": [{"id": i, "due_at": due, "data": data} for i, due, data in changes.again],
        "wait": [step._asdict() | {"id": i} for i, step in changes.waits],
        "cancel": _named(changes.cancels),
        "run": [step._asdict() for step in changes.runs],
        "arm": [step._asdict() for step in changes.arms.values()],
        "hasten": _named(changes.hastens),
    }
    said = {part: rows for part, rows in said.items() if rows}
    if not said:
        return []
    rows = conn.execute(
        "SELECT * FROM write_steps(%s::jsonb, %s, %s)", [dumps(said).decode(), now, until]
    ).fetchall()
    runs = {(step.case_id, step.name) for step in changes.runs}
    return [
        row | {"written": (row["case_id"], row["name"]) not in runs}
        for row in rows
        if until is not None and row["due_at"] <= now
    ]


def _named(pairs: list[CaseStep]) -> list[dict[str, Any]]:
    return [{"case_id": case_id, "name": name} for case_id, name in pairs]

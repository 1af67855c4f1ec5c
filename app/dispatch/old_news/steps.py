"""The chain step that keeps old news: set aside, begun by a person, or closed in the end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from app.cases import service as cases
from app.cases.model import Resolution
from app.cases.timeline.facts import SetAside
from app.chain import service as chain
from app.chain.step import SET_ASIDE, Again, Done, Effect, Phase, Result, Step, StepType
from app.db.connection import Connection
from app.dispatch.old_news import store
from app.languages.language import mark


class Aside(StrEnum):
    """What became of old news."""

    BEGUN = "begun"
    ENDED = "ended"


def set_aside(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result[Aside]]:
    """Set old news aside; later find it begun, or close what nobody began."""
    new, begun = [], []
    results: list[Result[Aside]] = []
    for step in steps:
        case = step.case
        if "until" not in step.data:
            until = now + step.policy.seconds("old_ends")
            new.append((case, until))
            results.append(Again(until, {"until": until.isoformat()}))
        elif case.aside_until is None:
            begun.append(case.id)
            results.append(Done(Aside.BEGUN))
        elif now < case.aside_until:
            results.append(Again(case.aside_until, step.data))
        else:
            chain.close(conn, case, Resolution.OLD_NEWS, "reknock", now)
            results.append(Done(Aside.ENDED))
    if new:
        cases.set_aside(conn, new, now)
        store.set_aside(conn, new, now)
        cases.note(conn, [cases.Entry(case.id, SetAside(until=until)) for case, until in new], now)
    if begun:
        store.begin(conn, begun)
    return results


DECLARED = (
    StepType(
        name=SET_ASIDE,
        handler=set_aside,
        outcomes=Aside,
        effects={
            Aside.BEGUN: Effect({Phase.NEW: Phase.NEW}, said_by="start"),
            Aside.ENDED: Effect({Phase.NEW: Phase.CLOSED}, said_by="old_ends"),
        },
        label=mark("close this old news, unless a person begins it"),
    ),
)

"""The chain step that tells a depot that a list somebody took is true no longer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app import clock
from app.chain.step import TELL_DAY_LIST, Done, Plain, Result, Step, StepType
from app.channels import service as channels
from app.channels.service import Draft
from app.db.connection import Connection
from app.directory import ladders
from app.directory.model import Person
from app.dispatch import rules as ladder
from app.dispatch.days import rules, store, texts
from app.languages.language import mark
from app.theme.times import When


def tell_day_list(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result[Plain]]:
    """Tell each depot once what it does not know yet, whichever case's step comes first."""
    by_depot = {step.case.depot_id: step for step in steps}
    drafts = [
        draft for depot_id in sorted(by_depot) for draft in _tell(conn, by_depot[depot_id], now)
    ]
    channels.enqueue(conn, drafts, now)
    return [Done(Plain.DONE) for _ in steps]


def _tell(conn: Connection, step: Step, now: datetime) -> list[Draft]:
    depot_id, zone = step.case.depot_id, step.case.depot.zone
    today = clock.local(now, zone).date()
    taken = store.lock_taken(conn, depot_id, today)
    slugs = {depot.id: depot.slug for depot in store.depots(conn, today)} if taken else {}
    drafts: list[Draft] = []
    for one in taken:
        day = rules.bounds(one.day, zone)
        rows = store.rows(conn, depot_id, *day, one.known)
        changes = rules.changes(rows, day, one.known, one.told_at)
        if not changes:
            continue
        store.told(conn, depot_id, one.day, [row.id for row in rules.listed(rows, day)], now)
        subject, text = texts.changed(
            step.case.depot.name,
            slugs[depot_id],
            one.day,
            one.taken_at,
            changes,
            When(zone, now),
        )
        drafts += [
            Draft(
                case_id=step.case.id,
                audience="dispatcher",
                topic="day_list",
                idempotency_key=f"depot-{depot_id}:{one.day}:{now.timestamp()}:{person.id}",
                routes=ladder.routes(person, step.case.shipper.country),
                subject=subject,
                text=text,
                needs_case="any",
                not_after=day.until,
                request_id=step.request_id,
            )
            for person in _people(conn, step, now)
        ]
    return drafts


def _people(conn: Connection, step: Step, now: datetime) -> list[Person]:
    """The first level of the ladder where somebody can be reached, else the catch-all."""
    every = step.policy.seconds("catch_all_every")
    levels = ladders.levels(conn, step.case.depot_id, every, now)
    country = step.case.shipper.country
    for level in levels[:-1]:
        if any(ladder.routes(person, country) for person in level.people):
            return level.people
    return levels[-1].people


DECLARED = (
    StepType(
        name=TELL_DAY_LIST,
        handler=tell_day_list,
        outcomes=Plain,
        after_close=True,
        label=mark("tell the depot that the list somebody took has changed"),
    ),
)

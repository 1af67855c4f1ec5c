"""All that the playground shows of one case, read once for a page or a poll."""

from __future__ import annotations

from dataclasses import dataclass

from app import clock
from app.booking import service as booking
from app.cases import service as cases
from app.cases.model import Case
from app.chain import store as chain
from app.db.connection import Connection
from app.dispatch import store as dispatch
from app.dispatch.story import Line, story
from app.playground import boxes, demo, guide, store, views
from app.playground.guide import Guide
from app.playground.views import Box, Coming
from app.theme.times import When


@dataclass(frozen=True, slots=True)
class Scene:
    """The story of one case as the playground tells it; all empty before the first one."""

    when: When
    case: Case | None
    courier: str
    """The slug of the account whose courier it is."""
    guide: Guide
    coming: list[Coming]
    story: list[Line]
    depot: list[Box]
    customer: list[Box]


def of(conn: Connection, case_id: int | None) -> Scene:
    """The scene of a case, or of none."""
    case = cases.by_ids(conn, [case_id]).get(case_id) if case_id else None
    now = clock.now()
    when = When(case.depot.zone if case else demo.ZONE, now)
    if case is None:
        return Scene(when, None, "", guide.guide(None), [], [], [], boxes.of_customer(None, [], []))
    timeline = cases.timeline(conn, case.id)
    inbox = store.messages(conn, None, case.id)
    gathered = store.gathered(conn, case.id)
    morning = store.until_morning(conn, case.id)
    coming = views.coming(chain.waiting(conn, case.id), gathered, morning, now)
    depot = boxes.of_depot(conn, case, inbox)
    customer = boxes.of_customer(case, inbox, timeline)
    seen = guide.Seen(
        case,
        dispatch.of_case(conn, case.id),
        booking.standing(conn, case.id),
        timeline,
        depot,
        customer,
        coming,
        when,
    )
    return Scene(
        when,
        case,
        store.account_of(conn, case.id),
        guide.guide(seen),
        coming,
        story(timeline, when),
        depot,
        customer,
    )

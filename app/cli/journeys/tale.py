"""The whole story of a journey in which something went wrong, as `reknock why` tells it."""

from __future__ import annotations

from collections.abc import Sequence

from app import clock
from app.cli.journeys.audit import Finding
from app.cli.journeys.told import Told
from app.cli.why import describe
from app.db.connection import connection


def tell(found: Finding, told: Sequence[Told]) -> str:
    """What happened in it, what was promised, and what came next."""
    story = next(one for one in told if one.journey.number == found.number)
    journey = story.journey
    drawn = ", ".join(f"{act.do} {act.after} after word {act.word}" for act in journey.acts)
    head = (
        f"\n{found.label}: {found.text}\n"
        f"  lives in   {journey.place.city} ({journey.place.zone}), reads {journey.language}, "
        f"reached by {journey.reach}\n"
        f"  drawn      {drawn or 'silent'}"
    )
    with clock.held():
        clock.hold(story.until or journey.begins)
        whole = [text for case in story.case_ids if (text := describe(connection(), case))]
    return "\n".join([head, *whole])

"""When a shipper is asked, and asked again. Pure decisions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from app.cases.model import Case
from app.decisions.model import Decision

_DAY = timedelta(days=1)


class Schedule(NamedTuple):
    """What a policy says about asking; each counts from the first time."""

    reminders: tuple[timedelta, ...]
    within: timedelta
    """Then the ladder is called, and the shipper is asked again every day."""
    ends: timedelta
    """Then the customer is told that the shipper does not answer, and how to reach it."""

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Schedule:
        """The schedule in a policy's body."""
        return cls(
            tuple(timedelta(seconds=seconds) for seconds in body["decision_reminders"]),
            timedelta(seconds=body["decision_within"]),
            timedelta(seconds=body["decision_ends"]),
        )

    def next_ask(self, asked_at: datetime, now: datetime) -> datetime:
        """When the shipper is asked again, as seen from before the end, which is the last."""
        answer_by = asked_at + self.within
        daily = answer_by + _DAY * ((now - answer_by) // _DAY + 1)
        times = [*(asked_at + after for after in self.reminders), max(daily, answer_by)]
        return min(at for at in (*times, asked_at + self.ends) if at > now)


def stands(case: Case, decision: Decision) -> bool:
    """Whether a case is in consequence of what was decided last: ended by it, or begun again."""
    if decision.decision is None:
        return False
    if case.closed:
        return decision.decision.resolution is case.resolution
    return decision.decision.resolution is None and decision.round + 1 == case.round

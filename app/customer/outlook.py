"""What lies ahead of a customer: what happens if they do nothing, and when we write next. Pure.

Both are read from what the engine is going to do: its waiting steps, and what counts as enough.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any, NamedTuple

from app.cases.model import Case, CaseKind
from app.chain.policy import Policy
from app.chain.service import Waiting
from app.channels.rules import Allowance, room_at
from app.locality import quiet
from app.promises.model import Kind, Promise, State

_CHOOSES = "choose_default"


class Act(Enum):
    """What happens by itself."""

    BOOK = auto()
    """We book a delivery or a pickup."""
    ASK = auto()
    """We ask the sender to decide."""
    PASS_ON = auto()
    """The place that is kept goes to the next who waits."""
    GO_BACK = auto()
    """The courier takes the parcel back."""


class Otherwise(NamedTuple):
    """What happens if the customer does nothing, and when."""

    act: Act
    at: datetime


def otherwise(case: Case, steps: Mapping[str, Waiting]) -> Otherwise | None:
    """What the case's waiting steps are going to do without the customer; None where nothing."""
    waits = steps.get(_CHOOSES)
    if case.closed or case.booked or waits is None:
        return None
    if case.kind is CaseKind.HELD:
        held, over = case.parcel.held, asked(steps)  # then the last day has passed
        return Otherwise(Act.GO_BACK, held.until) if held and held.until and not over else None
    if case.kind is CaseKind.FAILED and not asked(steps) and not in_vain(waits.data):
        return Otherwise(Act.BOOK, waits.due_at)
    return None if asked(steps) else Otherwise(Act.ASK, waits.due_at)


def acts_by(case: Case, steps: Mapping[str, Waiting], at: datetime) -> bool:
    """Whether we book, or ask the sender, by then: what came of it is the news."""
    ahead = otherwise(case, steps)
    return ahead is not None and ahead.act in {Act.BOOK, Act.ASK} and ahead.at <= at


def as_read(
    case: Case, policy: Policy, steps: Mapping[str, Waiting], now: datetime
) -> Otherwise | None:
    """The same for a message that leaves now, or when their quiet hours end.

    None too for what will have happened before they read of it.
    """
    ahead = otherwise(case, steps)
    leaves = quiet.until(now, case.quiet_hours(policy.body["quiet_hours"]))
    return None if ahead and leaves and ahead.at <= leaves else ahead


def in_vain(data: Mapping[str, Any]) -> bool:
    """Whether we chose for the customer before, and nobody carried it out: the sender decides."""
    return bool(data.get("in_vain"))


def asked(steps: Mapping[str, Waiting]) -> bool:
    """Whether the sender was asked to decide, and has not."""
    waits = steps.get(_CHOOSES)
    return waits is not None and bool(waits.data.get("asked"))


def late(steps: Mapping[str, Waiting]) -> bool:
    """Whether the sender should have decided by now, so that a person is called to ask them."""
    waits = steps.get(_CHOOSES)
    return waits is not None and bool(waits.data.get("late"))


def allowance(policy: Policy, address: Mapping[str, Any] | None) -> Allowance:
    """How much a customer hears unasked about one parcel, no more than their place lets them."""
    here = quiet.most_a_day(address)
    return Allowance(min(policy.body["unasked_a_day"], here), policy.body["unasked_a_week"])


_ON_ITS_WAY = timedelta(minutes=10)
"""So long a message may take from here to whoever reads it."""


def next_news(
    case: Case, policy: Policy, sent: Sequence[datetime], now: datetime, *, every: int = 1
) -> datetime:
    """The hour by which a message that leaves now can promise the next one.

    Counted from when it leaves, which may be after quiet hours, and never at night; `every` so
    many of the policy's pauses. Where the customer will have heard enough by then it is later:
    what is promised must not be one too many. One place is left for a reminder.
    """
    hours = case.quiet_hours(policy.body["quiet_hours"])
    leaves = quiet.until(now, hours) or now
    due = leaves + every * policy.seconds("news_every")
    margin = min(policy.seconds("news_margin"), due - now)
    most = allowance(policy, case.parcel.address)
    most = most._replace(a_week=most.a_week - 1)
    due = room_at([*sent, leaves + _ON_ITS_WAY], most, due - margin) + margin
    return quiet.read_by(quiet.waking(due, leaves + 2 * margin, hours), margin, hours)


_COUNTED_ON = {Kind.CONFIRM, Kind.WINDOW, Kind.READY}


def called_off(promised: Sequence[Promise], sent: Sequence[datetime]) -> bool:
    """Whether an hour for which they make time was called off since they last heard unasked."""
    return any(
        one.kind in _COUNTED_ON and one.settled_at is not None and one.settled_at > sent[-1]
        for one in promised
        if one.state is State.RELEASED
    )


_APART = timedelta(hours=2)
"""So long after another word a reminder comes at the soonest."""


def reminds_at(case: Case, policy: Policy, came: datetime | None, now: datetime) -> datetime:
    """When a customer who last heard at `came` can be reminded: by day, and not at once after.

    What waits in quiet hours comes when they end, and a reminder comes after it.
    """
    hours = case.quiet_hours(policy.body["quiet_hours"])
    at = max(now, (quiet.until(came, hours) or came) + _APART) if came else now
    ends = quiet.until(at, hours)
    return ends + _APART if ends else at


_FIVE = timedelta(minutes=5)


def call_by(again: datetime | None, now: datetime) -> datetime | None:
    """The hour by which the depot is called again, as it can be promised: a little later, and full.

    None where no call waits to be made.
    """
    if again is None:
        return None
    at = max(again, now) + _FIVE
    return at + (_FIVE - timedelta(seconds=at.timestamp() % _FIVE.total_seconds()))


def held_news(case: Case, policy: Policy, now: datetime) -> datetime | None:
    """When somebody who can collect their parcel hears again: a day before it goes back."""
    if case.return_by is None:
        return None
    hours, margin = case.quiet_hours(policy.body["quiet_hours"]), policy.seconds("news_margin")
    last = quiet.waking(case.return_by - timedelta(days=1), now + 2 * margin, hours)
    last = quiet.read_by(last, margin, hours)
    return last if last - margin > now else None

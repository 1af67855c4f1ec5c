"""The figures of the dashboard, read with one statement, whatever the size.

Every figure is about the same cases, those that began in the period, so that figures can be
held against each other.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from app.db.connection import Connection
from app.insight import figures_store, rules


class Spread(NamedTuple):
    """Durations in seconds: the middle one, and the one that nine in ten do not exceed."""

    median: float | None
    p90: float | None


class Sort(NamedTuple):
    """Cases of one fault and reason."""

    fault: str
    reason: str
    cases: int
    closed: int
    delivered: int


class Calls(NamedTuple):
    """Dispatch tasks: how many, and what became of them."""

    tasks: int = 0
    acknowledged: int = 0
    waiting: int = 0
    """Open and not acknowledged."""
    unneeded: int = 0
    """Over before anybody acknowledged."""
    resolved: int = 0
    spread: Spread = Spread(None, None)
    """From the task to its acknowledgement."""


class Words(NamedTuple):
    """What was said to customers, and by them."""

    told: int
    """Cases whose customer was sent at least one message that left the house."""
    spread: Spread
    """From the case to the first such message."""
    to_customers: int
    """Messages that left, of closed cases; surveys and thanks are no part of the matter."""
    from_customers: int
    """Replies, choices on the page, and contacts noted from elsewhere, of closed cases."""


class Promised(NamedTuple):
    """Hours of one kind that customers were told, and what became of them."""

    kind: str
    kept: int
    broken: int
    open: int
    """Still to come."""
    released: int
    """Nobody waited for them any more."""


class Choices(NamedTuple):
    """Who chose what is booked."""

    chose: int
    """Cases whose customer chose at least once."""
    defaults: int
    """Cases that only ever had what the policy or a dispatcher booked."""


class Unsent(NamedTuple):
    """Messages that were not sent for one reason."""

    audience: str
    state: str
    why: str
    messages: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All there is to know of one period."""

    sorts: list[Sort]
    calls: Calls
    recoveries: Calls
    words: Words
    promised: list[Promised]
    choices: Choices
    asked: int
    """Customers who were asked how it was."""
    scores: dict[int, int]
    """How many gave 1, 2, 3, 4, 5."""
    unsent: list[Unsent]


def read(
    conn: Connection,
    shipper_id: int | None,
    since: datetime,
    until: datetime,
    depots: Sequence[int] | None = None,
) -> Figures:
    """The figures of the cases that began in the period: a shipper's, some depots', or all."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for key, number in figures_store.read(conn, shipper_id, rules.pieces(since, until), depots):
        what, _, label = key.partition(":")
        counts[what][label] = number
    contacts, booked = counts["contact"], counts["booked"]
    return Figures(
        sorts=_sorts(counts["case"]),
        calls=_calls("call", counts),
        recoveries=_calls("recovery", counts),
        words=Words(
            told=counts["told"].total(),
            spread=_spread(counts["told"]),
            to_customers=contacts["from_us"],
            from_customers=contacts["from_them"],
        ),
        promised=_promised(counts["promise"]),
        choices=Choices(chose=booked["chose"], defaults=booked["default"]),
        asked=counts["asked"].total(),
        scores={score: counts["asked"][str(score)] for score in range(1, 6)},
        unsent=_unsent(counts["unsent"]),
    )


def _sorts(cases: Mapping[str, int]) -> list[Sort]:
    """Cases by fault and reason, the most frequent first."""
    by_sort: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for label, number in cases.items():
        fault, _, rest = label.partition(":")
        reason, _, outcome = rest.rpartition(":")
        by_sort[fault, reason][outcome] += number
    sorts = [
        Sort(fault, reason, n.total(), n["closed"] + n["delivered"], n["delivered"])
        for (fault, reason), n in by_sort.items()
    ]
    return sorted(sorts, key=lambda sort: (-sort.cases, sort.fault, sort.reason))


def _promised(counts: Mapping[str, int]) -> list[Promised]:
    """Promises by kind, the most frequent first."""
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    for label, number in counts.items():
        kind, _, state = label.partition(":")
        by_kind[kind][state] += number
    rows = sorted(by_kind.items(), key=lambda row: (-row[1].total(), row[0]))
    return [Promised(kind, n["kept"], n["broken"], n["open"], n["released"]) for kind, n in rows]


def _calls(about: str, counts: Mapping[str, Counter[str]]) -> Calls:
    states, taken = _of(about, counts["task"]), _of(about, counts["taken"])
    return Calls(
        tasks=states.total(),
        acknowledged=taken.total(),
        waiting=states["open"],
        unneeded=states["unneeded"],
        resolved=states["resolved"],
        spread=_spread(taken),
    )


def _of(about: str, counts: Mapping[str, int]) -> Counter[str]:
    """The counts of what begins so, by the rest of their names."""
    start = f"{about}:"
    return Counter({k.removeprefix(start): n for k, n in counts.items() if k.startswith(start)})


def _spread(counts: Mapping[str, int]) -> Spread:
    durations = {int(sort): number for sort, number in counts.items()}
    return Spread(rules.quantile(durations, 0.5), rules.quantile(durations, 0.9))


def _unsent(counts: Mapping[str, int]) -> list[Unsent]:
    """Messages that did not leave, by reason, the most frequent first."""
    unsent = []
    for label, number in counts.items():
        audience, state, why = label.split(":", 2)
        unsent.append(Unsent(audience, state, why, number))
    return sorted(unsent, key=lambda row: (-row.messages, row.why, row.audience, row.state))

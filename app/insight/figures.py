"""The figures of the dashboard, read with one statement each, whatever the size."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from app.db.connection import Connection
from app.insight import figures_store, rules
from app.insight.figures_model import (
    Calls,
    Choices,
    Compared,
    Ends,
    Figures,
    Gestures,
    Level,
    Promised,
    Side,
    Silence,
    Sort,
    Spread,
    Unsent,
    Words,
)
from app.insight.figures_store import By, Count, Whose


def read(conn: Connection, whose: Whose, since: datetime, until: datetime) -> Figures:
    """The figures of the cases that began in the period."""
    return _figures(figures_store.read(conn, whose, [rules.pieces(since, until)]))


def compared(conn: Connection, whose: Whose, since: datetime, until: datetime) -> Compared:
    """The same beside those of the period before, which is as long."""
    periods = [rules.pieces(since, until), rules.pieces(since - (until - since), since)]
    counts = figures_store.read(conn, whose, periods)
    days: dict[date, Counter[str]] = defaultdict(Counter)
    for count in counts:
        if count.day and not count.turn:
            days[count.day][count.key.removeprefix("end:")] += count.number
    now, before = ([count for count in counts if count.turn == turn] for turn in (0, 1))
    return Compared(_figures(now), _figures(before), {d: Ends(**n) for d, n in days.items()})


def sides(
    conn: Connection,
    whose: Whose,
    by: By,
    called: Mapping[int, str],
    since: datetime,
    until: datetime,
) -> list[Side]:
    """The main figures of each shipper, depot or courier, those with most cases first.

    `called` says what each is called by its id; what is called alike is counted together.
    """
    counts = figures_store.read(conn, whose, [rules.pieces(since, until)], by, _SIDES)
    each: dict[str, list[Count]] = defaultdict(list)
    for count in counts:
        if count.side in called:
            each[called[count.side]].append(count)
    found = [_side(name, _labels(of)) for name, of in each.items()]
    return sorted(found, key=lambda side: (-sum(side.ends), side.name))


_SIDES = ("end", "promise", "taken", "asked", "case")


def _labels(counts: Iterable[Count]) -> dict[str, Counter[str]]:
    """The counts by what their keys begin with, and by the rest of these."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for count in counts:
        what, _, label = count.key.partition(":")
        found[what][label] += count.number
    return found


def _side(name: str, counts: Mapping[str, Counter[str]]) -> Side:
    promised = _promised(counts["promise"])
    return Side(
        name=name,
        ends=Ends(**counts["end"]),
        kept=sum(row.kept for row in promised),
        broken=sum(row.broken for row in promised),
        spread=_spread(_taken("call", counts)),
        scores=_scores(counts["asked"]),
        sorts=_sorts(counts["case"]),
    )


def _figures(found: Iterable[Count]) -> Figures:
    counts = _labels(found)
    contacts, booked = counts["contact"], counts["booked"]
    brought: Counter[str] = Counter()
    for label, number in counts["brought"].items():
        brought[label.partition(":")[2]] += number
    return Figures(
        sorts=_sorts(counts["case"]),
        ends=Ends(**counts["end"]),
        over=_spread(counts["over"]),
        silence=_silence(counts["silent"]),
        calls=_calls("call", counts),
        recoveries=_calls("recovery", counts),
        words=Words(
            told=counts["told"].total(),
            spread=_spread(counts["told"]),
            to_customers=contacts["from_us"],
            from_customers=contacts["from_them"],
        ),
        promised=_promised(counts["promise"]),
        choices=Choices(booked["chose"], booked["default"], booked["again"]),
        brought=dict(brought),
        disputed=dict(counts["disputed"]),
        gestures=_gestures(counts["gesture"], counts["sorry"]),
        asked=counts["asked"].total(),
        scores=_scores(counts["asked"]),
        unsent=_unsent(counts["unsent"]),
        saved={int(shipper): number for shipper, number in counts["saved"].items()},
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
    states, taken = _of(about, counts["task"]), _taken(about, counts)
    return Calls(
        tasks=states.total(),
        acknowledged=taken.total(),
        waiting=states["open"],
        unneeded=states["unneeded"],
        resolved=states["resolved"],
        spread=_spread(taken),
        levels=_levels(_of(about, counts["taken"])),
    )


def _taken(about: str, counts: Mapping[str, Counter[str]]) -> Counter[str]:
    """How long it took until somebody took tasks on, whatever their level."""
    found: Counter[str] = Counter()
    for label, number in _of(about, counts["taken"]).items():
        found[label.partition(":")[2]] += number
    return found


def _levels(taken: Mapping[str, int]) -> tuple[Level, ...]:
    each: dict[int, Counter[str]] = defaultdict(Counter)
    for label, number in taken.items():
        level, _, sort = label.partition(":")
        each[int(level)][sort] += number
    return tuple(Level(level, n.total(), _spread(n)) for level, n in sorted(each.items()))


def _silence(counts: Mapping[str, int]) -> Silence:
    longest = max((rules.seconds(int(sort)) for sort in counts), default=None)
    return Silence(_spread(counts), longest)


def _gestures(counts: Mapping[str, int], soon: Mapping[str, int]) -> Gestures:
    states: Counter[str] = Counter()
    given: Counter[str] = Counter()
    for label, number in counts.items():
        state, kind, currency, amount = label.split(":")
        states[state] += number
        if state == "made" and kind != "refund" and int(amount):
            given[currency] += number * int(amount)
    return Gestures(
        made=states["made"],
        waiting=states["asked"],
        refused=states["refused"] + states["lapsed"],
        given=tuple(sorted(given.items())),
        spread=_spread(soon),
    )


def _scores(asked: Counter[str]) -> dict[int, int]:
    return {score: asked[str(score)] for score in range(1, 6)}


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

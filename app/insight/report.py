"""The dashboard in words: each figure with its value and with what it means; no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple

from app.channels.states import MessageState, reason_words, state_words
from app.dispatch.story_parts import label
from app.insight.figures import Figures, Spread, Unsent
from app.insight.rules import TOLERANCE
from app.theme.times import length, within

_NOTHING = "–"

FAULTS = {
    "courier": "The courier’s side",
    "recipient": "The recipient’s side",
    "shipper": "The shipper’s side",
    "customs": "Customs",
    "weather": "Weather",
    "unknown": "Nobody said whose",
}
PROMISED = {
    "news": "The next news",
    "answer": "An answer",
    "confirm": "A confirmation",
    "window": "A delivery",
    "ready": "A pickup",
    "call": "Another call to the depot",
}
"""What was promised, by `promises.kind`."""
_AUDIENCES = {"customer": "Customers", "dispatcher": "Dispatchers", "shipper": "Shippers"}


class Figure(NamedTuple):
    """One figure: `value` and `unit` for programs, `shown`, `about` and `meaning` for people."""

    name: str
    shown: str
    about: str
    meaning: str
    value: float | None
    unit: str


class Bar(NamedTuple):
    """One bar: how many of what; `share` of the longest, from 0 to 1."""

    group: str
    name: str
    number: int
    share: float
    tone: str = ""


class Report(NamedTuple):
    """What the page shows."""

    cases: int
    tiles: list[Figure]
    faults: list[Bar]
    reasons: list[Bar]
    ratings: list[Bar]
    promised: list[Bar]
    unsent: list[Bar]


def report(figures: Figures) -> Report:
    """Put the figures into words."""
    return Report(
        cases=sum(sort.cases for sort in figures.sorts),
        tiles=list(_tiles(figures)),
        faults=_faults(figures),
        reasons=_bars(
            (FAULTS.get(sort.fault, label(sort.fault)), label(sort.reason), sort.cases, "")
            for sort in figures.sorts
        ),
        ratings=_ratings(figures),
        promised=_promised(figures),
        unsent=_bars(_unsent(row) for row in figures.unsent),
    )


def _tiles(figures: Figures) -> Iterable[Figure]:
    cases = sum(sort.cases for sort in figures.sorts)
    closed = sum(sort.closed for sort in figures.sorts)
    delivered = sum(sort.delivered for sort in figures.sorts)
    yield Figure(
        "Failed deliveries",
        f"{cases:,}",
        f"{delivered:,} delivered, {closed - delivered:,} closed otherwise, "
        f"{cases - closed:,} not over",
        "Cases that began in these days. One parcel is one case, however often it failed.",
        cases,
        "cases",
    )
    calls = figures.calls
    yield _time(
        "Until somebody takes it on",
        calls.spread,
        f"{calls.waiting:,} still wait, {calls.unneeded:,} were over before",
        "From the moment a failure or a missed promise is there for the dispatchers until one "
        "of them acknowledges it. What nobody acknowledged is counted apart.",
    )
    words = figures.words
    yield _time(
        "Until the customer hears",
        words.spread,
        f"{cases - words.told:,} of {cases:,} heard nothing (yet)",
        "From the case’s beginning until the first message to the customer left the house. "
        "Messages that were only planned do not count.",
    )
    yield from _promises(figures, cases)
    contacts = words.to_customers + words.from_customers
    yield Figure(
        "Contacts per resolution",
        f"{contacts / closed:.1f}" if closed else _NOTHING,
        f"{words.to_customers / closed:.1f} from us, {words.from_customers / closed:.1f} from them"
        if closed
        else "nothing is closed yet",
        "Of closed cases: messages that left for the customer, plus their replies, their choices "
        "on the page, and contacts noted from shop, phone or chat. Surveys and thanks do not "
        "count.",
        contacts / closed if closed else None,
        "contacts",
    )
    rated = sum(figures.scores.values())
    average = sum(n * count for n, count in figures.scores.items()) / rated if rated else None
    yield Figure(
        "Rated",
        f"{average:.1f} of 5" if average is not None else _NOTHING,
        f"by {rated:,}; {figures.asked - rated:,} asked but unrated",
        "The average of those who answered. Who did not answer is not counted as satisfied, "
        "nor as anything else.",
        average,
        "of 5",
    )
    back = figures.recoveries
    yield Figure(
        "Unhappy customers",
        f"{back.tasks:,}",
        f"{back.acknowledged:,} taken on{_median(back.spread)}, {back.resolved:,} resolved",
        "Low ratings: each calls the ladder for somebody who makes it good.",
        back.tasks,
        "tasks",
    )


def _promises(figures: Figures, cases: int) -> Iterable[Figure]:
    kept, broken, to_come = (
        sum(getattr(row, state) for row in figures.promised) for state in ("kept", "broken", "open")
    )
    ended = kept + broken
    yield Figure(
        "Promises kept",
        _percent(kept, ended),
        f"{kept:,} kept, {broken:,} broken, {to_come:,} to come",
        "Every hour that a customer was told: of the next news, an answer, a confirmation, a "
        "delivery, a pickup. It was kept if what was said came true by then, and broken if not. "
        "What nobody waited for any more counts for neither.",
        kept / ended if ended else None,
        "share",
    )
    choices = figures.choices
    booked = choices.chose + choices.defaults
    yield Figure(
        "Customers who chose",
        _percent(choices.chose, booked),
        f"{choices.chose:,} chose, {choices.defaults:,} got the default, "
        f"{cases - booked:,} have nothing booked",
        "Among cases with something booked: those whose customer chose it. The others got what "
        "the policy or a dispatcher booked for them.",
        choices.chose / booked if booked else None,
        "share",
    )


def _time(name: str, spread: Spread, about: str, meaning: str) -> Figure:
    if spread.median is None or spread.p90 is None:
        return Figure(name, _NOTHING, about, meaning, None, "seconds")
    slowest = f"nine in ten within {within(timedelta(seconds=spread.p90))}"
    meaning = f"The median: half were faster; it is exact to {TOLERANCE * 100:g} %. {meaning}"
    shown = length(timedelta(seconds=spread.median))
    return Figure(name, shown, f"{slowest}; {about}", meaning, spread.median, "seconds")


def _median(spread: Spread) -> str:
    if spread.median is None:
        return ""
    return f" (median {length(timedelta(seconds=spread.median))})"


def _percent(part: int, whole: int) -> str:
    if not whole:
        return _NOTHING
    # Rounded down: what is not whole must not read as 100 %.
    return f"{100 * part // whole} %"


def _faults(figures: Figures) -> list[Bar]:
    sums = dict.fromkeys(FAULTS, 0)
    for sort in figures.sorts:
        sums[sort.fault] = sums.get(sort.fault, 0) + sort.cases
    found = sorted(((n, f) for f, n in sums.items() if n), reverse=True)
    return _bars(("", FAULTS.get(fault, label(fault)), n, "") for n, fault in found)


def _ratings(figures: Figures) -> list[Bar]:
    rows = [("", f"{n} of 5", figures.scores[n], "bad" if n <= 2 else "") for n in (5, 4, 3, 2, 1)]
    unrated = figures.asked - sum(figures.scores.values())
    return _bars([*rows, ("", "Unrated", unrated, "none")]) if figures.asked else []


def _promised(figures: Figures) -> list[Bar]:
    """What was promised, by kind: kept, and below it broken, where either happened."""
    return _bars(
        (state, PROMISED.get(row.kind, label(row.kind)), number, "bad" if state == "broken" else "")
        for row in figures.promised
        for state, number in (("kept", row.kept), ("broken", row.broken))
        if number
    )


def _unsent(row: Unsent) -> tuple[str, str, int, str]:
    state = MessageState(row.state)
    group = f"{_AUDIENCES[row.audience]}, {state_words(state)}"
    why = reason_words(row.why) or "no reason was kept"
    return group, why, row.messages, "" if state == MessageState.SUPPRESSED else "bad"


def _bars(rows: Iterable[tuple[str, str, int, str]]) -> list[Bar]:
    listed = list(rows)
    most = max((count for _, _, count, _ in listed), default=0) or 1
    return [Bar(group, name, n, n / most, tone) for group, name, n, tone in listed]


def table(figures: Figures) -> Sequence[tuple[str, str, float | None, str]]:
    """The same as rows for a program: `(section, figure, value, unit)`.

    No cell begins with foreign words, so none becomes a formula in somebody's spreadsheet.
    """
    told = report(figures)
    rows = [("figure", tile.name, tile.value, tile.unit) for tile in told.tiles]
    spreads = {"acknowledge": figures.calls.spread, "first word": figures.words.spread}
    rows += [("p90", name, spread.p90, "seconds") for name, spread in spreads.items()]
    rows += [
        ("promises", f"{row.kind}: {state}", getattr(row, state), "promises")
        for row in figures.promised
        for state in _STATES
    ]
    rows += [
        ("bookings", who, number, "cases") for who, number in figures.choices._asdict().items()
    ]
    rows += [("reason", f"{s.fault}: {s.reason}", s.cases, "cases") for s in figures.sorts]
    rows += [("rating", str(n), count, "answers") for n, count in figures.scores.items()]
    rows.append(("rating", "unrated", figures.asked - sum(figures.scores.values()), "customers"))
    rows += [
        ("unsent", f"{row.audience}: {row.state}: {row.why}", row.messages, "messages")
        for row in figures.unsent
    ]
    return rows


_STATES = ("kept", "broken", "open", "released")

"""The dashboard in words: each figure with its value and with what it means; no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from babel.numbers import format_decimal

from app import languages
from app.channels.states import MessageState, reason_words, state_words
from app.insight.figures_model import Figures, Spread, Unsent
from app.insight.rules import TOLERANCE
from app.languages.language import Language, mark
from app.languages.sentence import again
from app.theme.times import length, within

_NOTHING = "–"

FAULTS = {
    "courier": mark("The courier’s side"),
    "recipient": mark("The recipient’s side"),
    "shipper": mark("The shipper’s side"),
    "customs": mark("Customs"),
    "weather": mark("Weather"),
    "unknown": mark("Nobody said whose"),
}
PROMISED = {
    "news": mark("The next news"),
    "answer": mark("An answer"),
    "confirm": mark("A confirmation"),
    "window": mark("A delivery"),
    "ready": mark("A pickup"),
    "call": mark("Another call to the depot"),
}
"""What was promised, by `promises.kind`."""
_AUDIENCES = {
    "customer": mark("Customers"),
    "dispatcher": mark("Dispatchers"),
    "shipper": mark("Shippers"),
}


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


def report(figures: Figures, language: Language | None = None) -> Report:
    """Put the figures into words, in English unless another language is named."""
    language = language or languages.get()
    return Report(
        cases=sum(sort.cases for sort in figures.sorts),
        tiles=list(_tiles(figures, language)),
        faults=_faults(figures, language),
        reasons=_bars(
            (
                _words(language, sort.fault, FAULTS),
                _words(language, sort.reason),
                sort.cases,
                "",
            )
            for sort in figures.sorts
        ),
        ratings=_ratings(figures, language),
        promised=_promised(figures, language),
        unsent=_bars(_unsent(row, language) for row in figures.unsent),
    )


def _tiles(figures: Figures, language: Language) -> Iterable[Figure]:
    say, number = language.say, partial(number_in, language)
    cases = sum(sort.cases for sort in figures.sorts)
    closed = sum(sort.closed for sort in figures.sorts)
    delivered = sum(sort.delivered for sort in figures.sorts)
    yield Figure(
        say("Failed deliveries"),
        number(cases),
        say(
            "{delivered} delivered, {closed} closed otherwise, {open} not over",
            delivered=number(delivered),
            closed=number(closed - delivered),
            open=number(cases - closed),
        ),
        say("Cases that began in these days. One parcel is one case, however often it failed."),
        cases,
        "cases",
    )
    calls = figures.calls
    yield _time(
        language,
        say("Until somebody takes it on"),
        calls.spread,
        say(
            "{waiting} still wait, {unneeded} were over before",
            waiting=number(calls.waiting),
            unneeded=number(calls.unneeded),
        ),
        say(
            "From the moment a failure or a missed promise is there for the dispatchers until one "
            "of them acknowledges it. What nobody acknowledged is counted apart."
        ),
    )
    words = figures.words
    yield _time(
        language,
        say("Until the customer hears"),
        words.spread,
        say(
            "{number} of {cases} heard nothing (yet)",
            number=number(cases - words.told),
            cases=number(cases),
        ),
        say(
            "From the case’s beginning until the first message to the customer left the house. "
            "Messages that were only planned do not count."
        ),
    )
    yield from _promises(figures, cases, language)
    contacts = words.to_customers + words.from_customers
    yield Figure(
        say("Contacts per resolution"),
        number(contacts / closed) if closed else _NOTHING,
        say(
            "{ours} from us, {theirs} from them",
            ours=number(words.to_customers / closed),
            theirs=number(words.from_customers / closed),
        )
        if closed
        else say("nothing is closed yet"),
        say(
            "Of closed cases: messages that left for the customer, plus their replies, their "
            "choices on the page, and contacts noted from shop, phone or chat. Surveys and thanks "
            "do not count."
        ),
        contacts / closed if closed else None,
        "contacts",
    )
    rated = sum(figures.scores.values())
    average = sum(n * count for n, count in figures.scores.items()) / rated if rated else None
    yield Figure(
        say("Rated"),
        say("{score} of 5", score=number(average)) if average is not None else _NOTHING,
        say(
            "by {rated}; {unrated} asked but unrated",
            rated=number(rated),
            unrated=number(figures.asked - rated),
        ),
        say(
            "The average of those who answered. Who did not answer is not counted as satisfied, "
            "nor as anything else."
        ),
        average,
        "of 5",
    )
    back = figures.recoveries
    yield Figure(
        say("Unhappy customers"),
        number(back.tasks),
        say(
            "{taken} taken on, {resolved} resolved",
            taken=number(back.acknowledged),
            resolved=number(back.resolved),
        )
        + _median(back.spread, language),
        say("Low ratings: each calls the ladder for somebody who makes it good."),
        back.tasks,
        "tasks",
    )


def _promises(figures: Figures, cases: int, language: Language) -> Iterable[Figure]:
    say, number = language.say, partial(number_in, language)
    kept, broken, to_come = (
        sum(getattr(row, state) for row in figures.promised) for state in ("kept", "broken", "open")
    )
    ended = kept + broken
    yield Figure(
        say("Promises kept"),
        _percent(kept, ended),
        say(
            "{kept} kept, {broken} broken, {open} to come",
            kept=number(kept),
            broken=number(broken),
            open=number(to_come),
        ),
        say(
            "Every hour that a customer was told: of the next news, an answer, a confirmation, a "
            "delivery, a pickup. It was kept if what was said came true by then, and broken if "
            "not. What nobody waited for any more counts for neither."
        ),
        kept / ended if ended else None,
        "share",
    )
    choices = figures.choices
    booked = choices.chose + choices.defaults
    yield Figure(
        say("Customers who chose"),
        _percent(choices.chose, booked),
        say(
            "{chose} chose, {defaults} got the default, {none} have nothing booked",
            chose=number(choices.chose),
            defaults=number(choices.defaults),
            none=number(cases - booked),
        ),
        say(
            "Among cases with something booked: those whose customer chose it. The others got what "
            "the policy or a dispatcher booked for them."
        ),
        choices.chose / booked if booked else None,
        "share",
    )


def _time(language: Language, name: str, spread: Spread, about: str, meaning: str) -> Figure:
    if spread.median is None or spread.p90 is None:
        return Figure(name, _NOTHING, about, meaning, None, "seconds")
    slowest = language.say(
        "nine in ten within {length}", length=within(timedelta(seconds=spread.p90), language)
    )
    exact = language.say(
        "The median: half were faster; it is exact to {percent} %.", percent=f"{TOLERANCE * 100:g}"
    )
    shown = length(timedelta(seconds=spread.median), language)
    return Figure(
        name, shown, f"{slowest}; {about}", f"{exact} {meaning}", spread.median, "seconds"
    )


def _median(spread: Spread, language: Language) -> str:
    if spread.median is None:
        return ""
    middle = length(timedelta(seconds=spread.median), language)
    return " " + language.say("(median {length})", length=middle)


def number_in(language: Language, number: float) -> str:
    """Whole, or with one decimal, as the language writes numbers."""
    form = "#,##0" if isinstance(number, int) else "#,##0.0"
    return str(format_decimal(number, form, language.locale))


def _words(language: Language, code: str, known: Mapping[str, str] | None = None) -> str:
    """A code as words."""
    said = again(language, (known or {}).get(code) or code.replace("_", " "))
    return said[:1].upper() + said[1:]


def _percent(part: int, whole: int) -> str:
    if not whole:
        return _NOTHING
    # Rounded down: what is not whole must not read as 100 %.
    return f"{100 * part // whole} %"


def _faults(figures: Figures, language: Language) -> list[Bar]:
    sums = dict.fromkeys(FAULTS, 0)
    for sort in figures.sorts:
        sums[sort.fault] = sums.get(sort.fault, 0) + sort.cases
    found = sorted(((n, f) for f, n in sums.items() if n), reverse=True)
    return _bars(("", _words(language, fault, FAULTS), n, "") for n, fault in found)


def _ratings(figures: Figures, language: Language) -> list[Bar]:
    rows = [
        ("", language.say("{score} of 5", score=str(n)), figures.scores[n], "bad" if n <= 2 else "")
        for n in (5, 4, 3, 2, 1)
    ]
    unrated = figures.asked - sum(figures.scores.values())
    return _bars([*rows, ("", language.say("Unrated"), unrated, "none")]) if figures.asked else []


def _promised(figures: Figures, language: Language) -> list[Bar]:
    """What was promised, by kind: kept, and below it broken, where either happened."""
    kept, broken = language.say("kept"), language.say("broken")
    return _bars(
        (state, _words(language, row.kind, PROMISED), number, tone)
        for row in figures.promised
        for state, number, tone in ((kept, row.kept, ""), (broken, row.broken, "bad"))
        if number
    )


def _unsent(row: Unsent, language: Language) -> tuple[str, str, int, str]:
    state = MessageState(row.state)
    who, became = (again(language, said) for said in (_AUDIENCES[row.audience], state_words(state)))
    why = again(language, reason_words(row.why)) or language.say("no reason was kept")
    return f"{who}, {became}", why, row.messages, "" if state == MessageState.SUPPRESSED else "bad"


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

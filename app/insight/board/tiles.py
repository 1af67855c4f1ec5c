"""Each figure with its value, with what it means, and with what it was before; no I/O."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import partial

from app.insight.board import after
from app.insight.board.after import Costs
from app.insight.board.figure import Figure, beside
from app.insight.board.words import NOTHING, number_in, percent, span
from app.insight.figures_model import Figures, Spread
from app.insight.rules import TOLERANCE
from app.languages.language import Language
from app.theme.times import within


def tiles(now: Figures, before: Figures | None, costs: Costs, language: Language) -> list[Figure]:
    """All of them, beside those of the period before."""
    shown = list(_tiles(now, costs, language))
    if before is None:
        return shown
    return [beside(*pair) for pair in zip(shown, _tiles(before, costs, language), strict=True)]


def _tiles(figures: Figures, costs: Costs, language: Language) -> Iterable[Figure]:
    say, number = language.say, partial(number_in, language)
    ends = figures.ends
    cases = sum(sort.cases for sort in figures.sorts)
    closed = sum(sort.closed for sort in figures.sorts)
    yield Figure(
        "rescued",
        say("Rescued"),
        percent(ends.rescued, ends.over),
        say(
            "{rescued} of {over} failures that are over were turned into a delivery",
            rescued=number(ends.rescued),
            over=number(ends.over),
        ),
        say(
            "Of failures that are over: those whose parcel was delivered or collected after all. "
            "“No choice came”: the parcel went back and its customer had chosen nothing. “The "
            "courier did not act”: what was booked was refused, never confirmed, or nobody came."
        ),
        ends.rescued / ends.over if ends.over else None,
        "share",
        1,
        ends.over,
    )
    delivered = sum(sort.delivered for sort in figures.sorts)
    yield Figure(
        "cases",
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
        of=cases,
    )
    yield from _times(figures, cases, language)
    yield from after.promises(figures, language)
    contacts = figures.words.to_customers + figures.words.from_customers
    yield Figure(
        "contacts",
        say("Contacts per resolution"),
        number(contacts / closed) if closed else NOTHING,
        say(
            "{ours} from us, {theirs} from them",
            ours=number(figures.words.to_customers / closed),
            theirs=number(figures.words.from_customers / closed),
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
        -1,
        closed,
    )
    yield from after.booked(figures, cases, language)
    yield after.saved(figures, costs, language)
    yield from after.satisfied(figures, language)
    yield after.gestures(figures, language)


def _times(figures: Figures, cases: int, language: Language) -> Iterable[Figure]:
    say, number = language.say, partial(number_in, language)
    calls, told = figures.calls, figures.words.told
    yield _time(
        language,
        "acknowledge",
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
        calls.acknowledged,
    )
    yield _time(
        language,
        "first_contact",
        say("Until the customer hears"),
        figures.words.spread,
        say(
            "{number} of {cases} heard nothing (yet)",
            number=number(cases - told),
            cases=number(cases),
        ),
        say(
            "From the case’s beginning until the first message to the customer left the house. "
            "Messages that were only planned do not count."
        ),
        told,
    )
    yield _time(
        language,
        "resolution",
        say("Until it is over"),
        figures.over,
        say("{open} are not over", open=number(figures.ends.open)),
        say("From the failure until the case was closed, however it ended."),
        figures.ends.over,
    )
    silence = figures.silence
    yield Figure(
        "silence",
        say("Longest silence"),
        span(silence.longest, language),
        say("half heard again within {length}", length=_within(silence.spread.median, language))
        if silence.longest is not None
        else "",
        say(
            "Of cases that are over: the longest time that a customer heard nothing, from the "
            "failure to the first word, between two words, or from the last one to the end. "
            "Nights count too."
        ),
        silence.longest,
        "seconds",
        -1,
        figures.ends.over,
    )


def _within(seconds: float | None, language: Language) -> str:
    return NOTHING if seconds is None else within(timedelta(seconds=seconds), language)


def _time(
    language: Language, key: str, name: str, spread: Spread, about: str, meaning: str, of: int
) -> Figure:
    if spread.median is None or spread.p90 is None:
        return Figure(key, name, NOTHING, about, meaning, None, "seconds", -1)
    slowest = language.say(
        "nine in ten within {length}", length=within(timedelta(seconds=spread.p90), language)
    )
    exact = language.say(
        "The median: half were faster; it is exact to {percent} %.", percent=f"{TOLERANCE * 100:g}"
    )
    shown = span(spread.median, language)
    return Figure(
        key,
        name,
        shown,
        f"{slowest}; {about}",
        f"{exact} {meaning}",
        spread.median,
        "seconds",
        -1,
        of,
    )

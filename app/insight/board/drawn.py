"""The charts of the dashboard, each with its definition; no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from itertools import starmap

from babel.dates import format_skeleton

from app.channels.states import MessageState, reason_words, state_words
from app.insight.board.charts import Chart, Column, Form, Row
from app.insight.board.words import (
    AUDIENCES,
    BROUGHT,
    DISPUTED,
    ENDS,
    FAULTS,
    PROMISED,
    number_in,
    span,
    words,
)
from app.insight.figures_model import Compared, Ends, Figures, Level, Unsent
from app.languages.language import Language
from app.languages.sentence import again

_TONES = dict(zip(ENDS, ("c1", "c2", "c3", "c4", "c5", "c6"), strict=True))
FAULT_TONES = dict(zip(FAULTS, ("c4", "c3", "c1", "c2", "c5", "c6"), strict=True))


def end_columns(language: Language) -> tuple[Column, ...]:
    """How cases ended, in the order in which it is drawn everywhere."""
    return tuple(Column(end, again(language, name), _TONES[end]) for end, name in ENDS.items())


def end_values(ends: Ends) -> tuple[int, ...]:
    """The values of these columns."""
    return tuple(getattr(ends, end) for end in ENDS)


def charts(found: Compared, days: int, language: Language) -> list[Chart]:
    """All charts of a period, but those that tell depots, couriers and shippers apart."""
    now = found.now
    return [
        _ends(found, days, language),
        _days(found, language),
        _levels(now, language),
        _promised(now, language),
        _coded("redelivery", now.brought, BROUGHT, language),
        _faults(now, language),
        _reasons(now, language),
        _ratings(now, language),
        _coded("disputed", now.disputed, DISPUTED, language),
        _unsent(now.unsent, language),
    ]


def _ends(found: Compared, days: int, language: Language) -> Chart:
    say, number = language.say, partial(number_in, language)
    periods = {
        language.count("The last {number} day", "The last {number} days", days): found.now.ends,
        language.count("The {number} day before", "The {number} days before", days): (
            found.before.ends
        ),
    }
    return Chart(
        key="ends",
        title=say("How failures ended"),
        meaning=say(
            "Cases that began in these days, by how they ended. Those that were a mistake or old "
            "when they came are left out."
        ),
        form=Form.STACKS,
        first=say("Period"),
        columns=end_columns(language),
        rows=tuple(
            Row(name, end_values(ends), tuple(map(number, end_values(ends))))
            for name, ends in periods.items()
        ),
    )


def _days(found: Compared, language: Language) -> Chart:
    say, number = language.say, partial(number_in, language)
    return Chart(
        key="days",
        title=say("Day by day"),
        meaning=say(
            "The same by the day on which the failure came (UTC). Of the last days many are not "
            "over yet."
        ),
        form=Form.DAYS,
        first=say("Day"),
        columns=end_columns(language),
        rows=tuple(
            Row(
                format_skeleton("MMMd", day, locale=language.locale),
                end_values(ends),
                tuple(map(number, end_values(ends))),
            )
            for day, ends in found.days.items()
        ),
    )


def filled(days: Mapping[date, Ends], first: date, last: date) -> dict[date, Ends]:
    """The same with the days on which nothing failed."""
    several = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return {day: days.get(day, Ends()) for day in several}


def _levels(now: Figures, language: Language) -> Chart:
    say = language.say

    def row(level: Level) -> Row:
        name = (
            say("Level {level}", level=str(level.level))
            if level.level
            else say("Before anybody was called")
        )
        spread = (level.spread.median or 0, level.spread.p90 or 0)
        shown = (*(span(value, language) for value in spread), number_in(language, level.taken))
        return Row(name, (*spread, level.taken), shown)

    return Chart(
        key="acknowledge",
        title=say("Who takes it on, and when"),
        meaning=say(
            "From the task to its acknowledgement, by the level of the ladder that was called "
            "last. The bar goes from the median to what nine in ten do not exceed."
        ),
        form=Form.SPANS,
        first=say("Level"),
        drawn=2,
        columns=(
            Column("p50_seconds", say("Median"), "c1"),
            Column("p90_seconds", say("Nine in ten within")),
            Column("tasks", say("Tasks")),
        ),
        rows=tuple(map(row, now.calls.levels)),
        nothing=say("Nobody had to take anything on yet."),
    )


def _promised(now: Figures, language: Language) -> Chart:
    say, number = language.say, partial(number_in, language)
    return Chart(
        key="promises",
        title=say("What we promised"),
        meaning=say(
            "Every hour that a customer was told, by what was to have happened by then. A delivery "
            "or pickup that was changed in time, and news that nobody needed any more, count for "
            "neither."
        ),
        form=Form.STACKS,
        first=say("Promise"),
        drawn=2,
        columns=(
            Column("kept", say("kept"), "c1"),
            Column("broken", say("broken"), "c4"),
            Column("open", say("to come")),
            Column("released", say("no longer needed")),
        ),
        rows=tuple(
            Row(words(language, row.kind, PROMISED), row[1:], tuple(map(number, row[1:])))
            for row in now.promised
        ),
        nothing=say("No hour that we told a customer has come yet."),
    )


def _coded(
    key: str, counts: Mapping[str, int], known: Mapping[str, str], language: Language
) -> Chart:
    say = language.say
    title, meaning, nothing = {
        "redelivery": (
            say("How new tries ended"),
            say("New deliveries and pickups whose time has come."),
            say("No new try has come to its end yet."),
        ),
        "disputed": (
            say("Disputed attempts"),
            say(
                "Attempts that the courier reported and of which the customer says: nobody came. "
                "By what became of their word."
            ),
            say("No customer disputes an attempt."),
        ),
    }[key]
    rows = [(words(language, code, known), counts.get(code, 0), code) for code in known]
    return _bars(
        key,
        title,
        meaning,
        [
            ("", name, n, "c1" if code in {"kept", "accepted"} else "c4")
            for name, n, code in rows
            if n
        ],
        language,
        nothing,
    )


def _faults(now: Figures, language: Language) -> Chart:
    say = language.say
    sums = dict.fromkeys(FAULTS, 0)
    for sort in now.sorts:
        sums[sort.fault] = sums.get(sort.fault, 0) + sort.cases
    found = sorted(((n, fault) for fault, n in sums.items() if n), reverse=True)
    rows = [("", words(language, f, FAULTS), n, FAULT_TONES.get(f, "c6")) for n, f in found]
    meaning = say(
        "Each case counts once, with its courier’s reason. Whose side a reason lies on is our "
        "table’s word, not a judgement of a single driver or customer."
    )
    return _bars("faults", say("Whose side it was on"), meaning, rows, language)


def _reasons(now: Figures, language: Language) -> Chart:
    rows = [
        (words(language, s.fault, FAULTS), words(language, s.reason), s.cases, "")
        for s in now.sorts
    ]
    meaning = language.say("Each case counts once, with its courier’s reason.")
    return _bars("reasons", language.say("By reason"), meaning, rows, language)


def _ratings(now: Figures, language: Language) -> Chart:
    say = language.say
    rows = [
        ("", say("{score} of 5", score=str(n)), now.scores[n], "c4" if n <= 2 else "c1")
        for n in (5, 4, 3, 2, 1)
    ]
    rows.append(("", say("Unrated"), now.asked - sum(now.scores.values()), "c5"))
    return _bars(
        "ratings",
        say("What customers said"),
        say(
            "Everybody who was asked, by their last answer. Unrated stands by itself: silence is "
            "not satisfaction."
        ),
        rows if now.asked else [],
        language,
        say("Nobody was asked yet: the question goes out after a delivery."),
    )


def _unsent(unsent: Iterable[Unsent], language: Language) -> Chart:
    def row(one: Unsent) -> tuple[str, str, int, str]:
        state = MessageState(one.state)
        said = (again(language, x) for x in (AUDIENCES[one.audience], state_words(state)))
        why = again(language, reason_words(one.why)) or language.say("no reason was kept")
        tone = "c5" if state == MessageState.SUPPRESSED else "c4"
        return ", ".join(said), why[:1].upper() + why[1:], one.messages, tone

    say = language.say
    return _bars(
        "unsent",
        say("Messages that were not sent"),
        say(
            "Every message that was made and did not go, or may not have gone, each with its "
            "reason. “Held back” means that we decided so, because it was no longer true or no "
            "longer wanted. A message that failed goes on by the next channel as one of its own."
        ),
        list(map(row, unsent)),
        language,
        say("All messages went out."),
    )


def _bars(
    key: str,
    title: str,
    meaning: str,
    rows: Sequence[tuple[str, str, int, str]],
    language: Language,
    nothing: str = "",
) -> Chart:
    def row(group: str, name: str, number: int, tone: str) -> Row:
        return Row(name, (number,), (number_in(language, number),), group, tone)

    return Chart(
        key=key,
        title=title,
        meaning=meaning,
        form=Form.BARS,
        columns=(Column("count", language.say("How many"), "c1"),),
        rows=tuple(starmap(row, rows)),
        nothing=nothing,
    )

"""Where it goes well and where not: depots, couriers or shippers beside each other; no I/O."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain

from app.insight.board.charts import Chart, Column, Form, Row
from app.insight.board.drawn import FAULT_TONES, end_columns, end_values
from app.insight.board.words import FAULTS, number_in, percent, span, words
from app.insight.figures_model import Ends, Side
from app.languages.language import Language
from app.languages.sentence import again

_SHOWN = 20
"""Of couriers' reasons as many rows are drawn."""
_ENOUGH = 10
_FAR = 0.15
"""So far behind all together, as a share of the failures that are over, one is far behind."""


def behind(sides: Sequence[Side], whole: Ends) -> Side | None:
    """Who turns far fewer failures into a delivery than all together, the worst of them."""
    if not whole.over:
        return None
    goal = whole.rescued / whole.over - _FAR
    far = [
        side
        for side in sides
        if side.ends.over >= _ENOUGH and side.ends.rescued / side.ends.over <= goal
    ]
    return min(far, key=lambda side: side.ends.rescued / side.ends.over, default=None)


def table(
    by: str,
    sides: Sequence[Side],
    name: Callable[[str], str],
    link: Callable[[str], str],
    language: Language,
) -> Chart:
    """Each of them in a row, those with most cases first."""
    say, number = language.say, partial(number_in, language)
    title, first = {
        "depot": (say("Depots"), say("Depot")),
        "courier": (say("Couriers"), say("Courier")),
        "shipper": (say("Shippers"), say("Shipper")),
    }[by]

    def row(side: Side) -> Row:
        ends, happy = side.ends, side.scores[4] + side.scores[5]
        kept, rated = side.kept + side.broken, sum(side.scores.values())
        median, p90 = side.spread
        values = (
            *end_values(ends),
            sum(end_values(ends)),
            ends.rescued / ends.over if ends.over else None,
            side.kept / kept if kept else None,
            median,
            p90,
            happy / rated if rated else None,
            rated,
        )
        shown = (
            *map(number, end_values(ends)),
            number(sum(end_values(ends))),
            percent(ends.rescued, ends.over),
            percent(side.kept, kept),
            span(median, language),
            span(p90, language),
            percent(happy, rated),
            number(rated),
        )
        return Row(name(side.name), values, shown, link=link(side.name))

    ends = end_columns(language)
    return Chart(
        key=f"{by}s",
        title=title,
        meaning=say(
            "The figures above for each of them. The bar shows how its failures ended; the times "
            "are those until somebody takes it on."
        ),
        form=Form.TABLE,
        first=first,
        drawn=len(ends),
        columns=(
            *ends,
            Column("cases", say("Cases")),
            Column("rescued_share", say("Rescued")),
            Column("kept_share", say("Promises kept")),
            Column("acknowledge_p50_seconds", say("Taken on: median")),
            Column("acknowledge_p90_seconds", say("Nine in ten within")),
            Column("satisfied_share", say("Satisfied")),
            Column("rated", say("Rated")),
        ),
        rows=tuple(map(row, sides)),
    )


def faults(sides: Sequence[Side], name: Callable[[str], str], language: Language) -> list[Chart]:
    """Whose side it was on and why, by courier."""
    say, number = language.say, partial(number_in, language)

    def row(side: Side) -> Row:
        sums = tuple(sum(s.cases for s in side.sorts if s.fault == fault) for fault in FAULTS)
        return Row(name(side.name), sums, tuple(map(number, sums)))

    reasons = sorted(
        chain.from_iterable(((side, sort) for sort in side.sorts) for side in sides),
        key=lambda pair: -pair[1].cases,
    )
    return [
        Chart(
            key="courier-faults",
            title=say("Whose side it was on, by courier"),
            meaning=say("Each courier’s cases by whose side the reason lies on."),
            form=Form.STACKS,
            first=say("Courier"),
            columns=tuple(
                Column(fault, again(language, said), FAULT_TONES[fault])
                for fault, said in FAULTS.items()
            ),
            rows=tuple(map(row, sides)),
        ),
        Chart(
            key="courier-reasons",
            title=say("Reasons, by courier"),
            meaning=say("The most frequent reasons of each courier; the table file has all."),
            form=Form.BARS,
            columns=(Column("cases", say("Cases"), "c1"),),
            rows=tuple(
                Row(
                    words(language, sort.reason),
                    (sort.cases,),
                    (number(sort.cases),),
                    f"{name(side.name)}, {words(language, sort.fault, FAULTS)}",
                    FAULT_TONES.get(sort.fault, "c6"),
                )
                for side, sort in reasons
            ),
        ),
    ]

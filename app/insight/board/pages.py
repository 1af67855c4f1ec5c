"""The figures of somebody, put together for a page or a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property, partial
from typing import Any

from flask import Response

from app import clock, languages
from app.db.connection import connection
from app.errors import Problem
from app.insight import figures, rollups
from app.insight.board import after, asked, drawn, figure, names_store, sides, tiles
from app.insight.board.after import Costs
from app.insight.board.asked import Asked
from app.insight.board.charts import Chart
from app.insight.board.names_store import Known
from app.insight.board.words import number_in, percent, period
from app.insight.exports.rules import cell
from app.insight.figures_model import Compared, Side
from app.insight.figures_store import Whose
from app.languages.language import Language, mark
from app.theme import names, respond
from app.theme.speaking import language


def shown(may: Whose, values: Mapping[str, str], path: str) -> dict[str, Any]:
    """What `insight/_board.html` shows of those that somebody may see.

    `values` says what is asked for, `path` where the page is; its CSV is at `path`.csv.
    """
    board = Board.of(may, values, path, language())
    return {
        "asked": board.asked,
        "tiles": board.tiles,
        "charts": {chart.key: chart for chart in board.charts},
        "notable": figure.notable(board.tiles),
        "behind": board.behind,
        "name": board.name,
        "number": partial(number_in, board.language),
        "share": percent,
        "periods": {days: period(board.language, days) for days in asked.PERIODS},
    }


def csv_of(may: Whose, values: Mapping[str, str], path: str) -> Response:
    """A chart as CSV, or with none named all figures: `section, figure, value, unit, …`."""
    board = Board.of(may, values, path, language())
    key = values.get("chart", "")
    text = io.StringIO()
    writer = csv.writer(text)
    for row in board.file(key):
        writer.writerow([cell(value) for value in row])
    answer = respond.private(Response(text.getvalue(), content_type="text/csv; charset=utf-8"))
    day, days = board.asked.now, board.asked.days
    file = f"reknock-{day:%Y-%m-%d}-{days}-days{f'-{key}' if key else ''}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    return answer


@dataclass(frozen=True)
class Board:
    """The figures that somebody asks for."""

    asked: Asked
    known: list[Known]
    found: Compared
    sides: list[Side]
    language: Language

    @classmethod
    def of(cls, may: Whose, values: Mapping[str, str], path: str, language: Language) -> Board:
        """Read them: one statement for the names, one for the figures, one for the sides."""
        rollups.make_whole()
        conn, known = connection(), names_store.known(connection())
        look = asked.asked(path, values, may, known, clock.now())
        found = figures.compared(conn, look.whose, look.since, look.until)
        days = drawn.filled(
            found.days, look.until.date() - timedelta(days=look.days - 1), look.until.date()
        )
        apart: list[Side] = []
        if look.by:
            called = {one.id: one.slug for one in known if one.of == look.by}
            apart = figures.sides(conn, look.whose, look.column, called, look.since, look.until)
        return cls(look, known, replace(found, days=days), apart, language)

    @cached_property
    def tiles(self) -> list[figure.Figure]:
        """The single figures."""
        return tiles.tiles(self.found.now, self.found.before, self._costs, self.language)

    @property
    def _costs(self) -> Costs:
        """What a return costs each shipper that has said so."""
        return {k.id: (k.cost, k.currency) for k in self.known if k.cost and k.currency}

    @cached_property
    def charts(self) -> list[Chart]:
        """All charts."""
        charts = drawn.charts(self.found, self.asked.days, self.language)
        by = self.asked.by
        if not by:
            return charts
        name, link = partial(self.name, by), self._narrower
        charts.append(sides.table(by, self.sides, name, link, self.language))
        if by == "courier":
            charts += sides.faults(self.sides, name, self.language)
        return charts

    @property
    def behind(self) -> Side | None:
        """Who is far behind all together."""
        return sides.behind(self.sides, self.found.now.ends)

    def name(self, of: str, slug: str) -> str:
        """What a shipper, a depot or a courier is called."""
        if of == "courier":
            return names.courier(slug)
        return next((one.name for one in self.known if (one.of, one.slug) == (of, slug)), slug)

    def _narrower(self, slug: str) -> str:
        if self.asked.of:  # one at a time
            return ""
        return self.asked.link(of=f"{self.asked.by}:{slug}", by="")

    def file(self, key: str) -> Sequence[Sequence[Any]]:
        """The rows of a file, the first with the names of the columns.

        Raises:
            Problem: 404, there is no such chart.
        """
        since, until = self.asked.since.isoformat(), self.asked.now.isoformat()
        if not key:
            head = ["section", "figure", "value", "unit", "before", "since", "until"]
            return [head, *([*row, since, until] for row in self._all())]
        chart = next((chart for chart in self.charts if chart.key == key), None)
        if chart is None:
            raise Problem(404, "nobody_counted", mark("There are no figures of that name."))
        head = ["group", "name", *(column.key for column in chart.columns), "since", "until"]
        rows = ([row.group, row.name, *row.values, since, until] for row in chart.rows)
        return [head, *rows]

    def _all(self) -> list[tuple[Any, ...]]:
        now, past = self.found.now, self.found.before
        unrated = now.asked - sum(now.scores.values())
        rows: list[tuple[Any, ...]] = [
            ("figure", tile.name, tile.value, tile.unit, tile.was)
            for tile in tiles.tiles(now, past, self._costs, languages.get())
        ]
        rows += [
            ("p90", key, one.p90, "seconds", other.p90)
            for key, one, other in (
                ("acknowledge", now.calls.spread, past.calls.spread),
                ("first word", now.words.spread, past.words.spread),
                ("resolution", now.over, past.over),
                ("silence", now.silence.spread, past.silence.spread),
            )
        ]
        rows += [
            (section, name, number, unit, None)
            for section, unit, counts in (
                ("end", "cases", now.ends._asdict()),
                ("saved", "money", after.money(now.saved, self._costs)),
                ("bookings", "cases", now.choices._asdict()),
                ("redelivery", "bookings", now.brought),
                ("disputed", "attempts", now.disputed),
                (
                    "rating",
                    "answers",
                    now.scores | {"unrated": unrated},
                ),
            )
            for name, number in counts.items()
        ]
        rows += [
            ("promises", f"{row.kind}: {state}", getattr(row, state), "promises", None)
            for row in now.promised
            for state in ("kept", "broken", "open", "released")
        ]
        rows += [("reason", f"{s.fault}: {s.reason}", s.cases, "cases", None) for s in now.sorts]
        rows += [
            ("unsent", f"{u.audience}: {u.state}: {u.why}", u.messages, "messages", None)
            for u in now.unsent
        ]
        return rows

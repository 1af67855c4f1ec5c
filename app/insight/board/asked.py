"""What somebody asks the dashboard for: of which days, of whom, and told apart by what; no I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from app.errors import Problem
from app.insight import rules
from app.insight.board.names_store import Known
from app.insight.figures_store import By, Whose
from app.languages.language import mark

PERIODS = (7, 30, 90)
_MANY = 30
"""Of more days they are told apart only when somebody asks: it takes longer."""
_BY = {"depot": By.DEPOT, "courier": By.ACCOUNT, "shipper": By.SHIPPER}


@dataclass(frozen=True, slots=True)
class Asked:
    """One look."""

    path: str
    days: int
    now: datetime
    of: str
    """`depot:anaheim`, `courier:dhl`, `shipper:oak`; empty: all that somebody may see."""
    by: str
    """`depot`, `courier` or `shipper`; empty where nothing can be told apart."""
    whose: Whose
    bys: tuple[str, ...]
    """What they can be told apart by."""
    choices: tuple[Known, ...]
    """Of whom they can be asked for."""

    @property
    def since(self) -> datetime:
        """Right before the period: whole days, of which today is one."""
        return rules.days(self.days, self.now)[0]

    @property
    def until(self) -> datetime:
        """The end of today."""
        return rules.days(self.days, self.now)[1]

    @property
    def column(self) -> By:
        """What the figures are told apart by."""
        return _BY[self.by]

    def link(self, **other: object) -> str:
        """The same look with something changed."""
        return self.path + self._query(**other)

    def file(self, chart: str = "") -> str:
        """Where the CSV of a chart is, or that of all figures."""
        return f"{self.path}.csv{self._query(chart=chart)}"

    def _query(self, **other: object) -> str:
        said = {"days": self.days, "of": self.of, "by": self.by} | other
        return "?" + urlencode({name: value for name, value in said.items() if value})


def asked(
    path: str, values: Mapping[str, str], may: Whose, known: Sequence[Known], now: datetime
) -> Asked:
    """Read what is asked for; `may` says whose figures somebody may see.

    Raises:
        Problem: 404, there is nobody of that name, or not for them.
    """
    days = values.get("days", "")
    choices = _seen(may, known)
    of = values.get("of", "")
    whose = _narrowed(may, of, choices) if of else may
    named = {"depot": whose.depots, "courier": whose.accounts, "shipper": whose.shipper_id}
    apart = [
        by
        for by, ids in named.items()
        if not of.startswith(f"{by}:")
        and (ids is None or by == "depot")
        and len({by} | {other for other, told in named.items() if told is not None}) <= 2
    ]
    by, number = values.get("by", ""), int(days) if days in map(str, PERIODS) else 30
    unasked = apart[:1] if number <= _MANY else []
    return Asked(
        path=path,
        days=number,
        now=now,
        of=of,
        by=by if by in apart else "".join(unasked),
        whose=whose,
        bys=tuple(apart),
        choices=tuple({(one.of, one.slug): one for one in choices}.values()),
    )


def _seen(may: Whose, known: Sequence[Known]) -> tuple[Known, ...]:
    """Whom somebody may ask for: of a shipper or some depots only what belongs to them."""
    accounts = [
        one
        for one in known
        if one.of == "courier"
        and may.shipper_id in {None, one.shipper_id}
        and (may.depots is None or one.depot_id in may.depots)
    ]
    if may.shipper_id is None and may.depots is None:
        return tuple(known)
    depots = {one.depot_id for one in accounts} if may.depots is None else {*may.depots}
    shippers = {one.shipper_id for one in accounts} if may.shipper_id is None else set()
    ids = {"courier": {one.id for one in accounts}, "depot": depots, "shipper": shippers}
    return tuple(one for one in known if one.id in ids[one.of])


def _narrowed(may: Whose, of: str, choices: Sequence[Known]) -> Whose:
    sort, _, slug = of.partition(":")
    ids = [one.id for one in choices if (one.of, one.slug) == (sort, slug)]
    if not ids:
        raise Problem(404, "nobody_counted", mark("There are no figures of that name."))
    match sort:
        case "depot":
            return may._replace(depots=ids)
        case "courier":
            return may._replace(accounts=ids)
    return may._replace(shipper_id=ids[0])

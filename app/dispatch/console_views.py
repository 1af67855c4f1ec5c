"""What the console shows, decided from facts; no I/O but the making of links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.access import links
from app.access.keys import Caller
from app.cases import reasons
from app.dispatch.console_hours import Chip, at_time, hours
from app.dispatch.queue_counts_store import Count, Since
from app.dispatch.queue_store import TABS, Row, Wanted
from app.dispatch.snoozed.events import Event
from app.dispatch.states import (
    ALL_OUTCOMES,
    TaskKind,
    TaskState,
    headline,
    missed,
    several,
)
from app.dispatch.story import ended, words
from app.dispatch.story_words import TITLES
from app.languages.language import Language, mark
from app.languages.sentence import again
from app.theme import names
from app.theme.times import When, length

_NEW = timedelta(seconds=90)
"""What is newer is not counted in seconds: a row that changed with each would never be at rest."""
_TO_DO = frozenset({TaskState.OPEN, TaskState.ASIDE})
_SHOWN = {"open": {"nobody", "open"}, "mine": {"taken"}}
"""What a tab shows besides what is counted under its own name."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the queue in words."""

    id: int
    title: str
    reason: str
    """Why it came to that, or the window that is to be confirmed; empty when the title says it."""
    usual: bool
    """Whether the title goes without saying where there is little room."""
    parcel: str
    about: str
    open: bool
    """Whether it can still be taken on, or begun."""
    tickable: bool
    """Whether something can be done to it among others."""
    aside: bool
    """Whether it is old news, which is begun."""
    live: bool
    """Whether somebody is called for it, or has it."""
    who: str
    """Who has it, or what became of it; empty while it is open."""
    hours: list[Chip]
    """What hurts, and when: the soonest first."""
    facts: str
    here: str
    """Who else looks at it, or writes."""
    last: str
    """What happened last, and how long ago."""
    phone: str
    """The customer's number; empty where none is known, and once it is over."""
    url: str
    """The full page, in the caller's name; empty when the caller is no person we know."""
    asked: str
    """What the customer wants to know, in their words."""
    answerable: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts: per tab under the filters, and what each filter offers `(value, label, tasks)`."""

    tabs: dict[str, int]
    depots: list[tuple[str, str, int]]
    kinds: list[tuple[str, str, int]]
    couriers: list[tuple[str, str, int]]
    newest: int
    fresh: int


def tally(counts: Sequence[Count], wanted: Wanted, language: Language) -> Tally:
    """Add up what the tabs and the filters show; a filter never hides its own alternatives."""

    def fits(count: Count, besides: str = "") -> bool:
        return all(
            name == besides or not getattr(wanted, name) or getattr(count, name) == value
            for name, value in (
                ("depot", wanted.depot),
                ("kind", wanted.kind),
                ("courier", wanted.courier),
            )
        )

    def offered(name: str, said: Mapping[str, str]) -> list[tuple[str, str, int]]:
        values = dict.fromkeys(getattr(count, name) for count in counts)
        return [
            (
                value,
                said.get(value) or names.courier(value),
                sum(
                    count.tasks
                    for count in counts
                    if count.tab in shown and getattr(count, name) == value and fits(count, name)
                ),
            )
            for value in values
        ]

    shown = _SHOWN.get(wanted.tab, {wanted.tab})
    here = [count for count in counts if fits(count)]
    live = [count for count in here if count.tab in shown]
    tabs = {
        tab: sum(count.tasks for count in here if count.tab in _SHOWN.get(tab, {tab}))
        for tab in TABS
    }
    return Tally(
        tabs=tabs | {"mine": max((count.mine for count in counts), default=0)},
        depots=offered("depot", {count.depot: count.depot_name for count in counts}),
        kinds=offered("kind", {kind: language.say(several(kind)) for kind in TaskKind}),
        couriers=offered("courier", {}),
        newest=max((count.newest for count in counts), default=0),
        fresh=sum(count.fresh for count in live),
    )


def line(
    row: Row, caller: Caller, now: datetime, language: Language, *, depot: bool, here: str = ""
) -> Line:
    """A row as `caller` sees it now; `depot` says whether there are several to tell apart."""
    when = When(row.zone, now, language)
    still = row.state in _TO_DO and not row.over
    url = ""
    if caller.person_id is not None:
        url = "/t/" + links.make("task", row.id, caller.person_id)
    place = ", ".join(filter(None, [row.name, row.city]))
    about = [place, names.courier(row.courier), row.depot if depot else ""]
    return Line(
        id=row.id,
        title=language.say(_title(row)),
        reason=_reason(row, when),
        usual=_title(row) == TITLES["failed"],
        parcel=row.parcel,
        about=" · ".join(filter(None, about)),
        open=still,
        tickable=still or (row.state.live and not row.over),
        aside=row.state is TaskState.ASIDE,
        live=row.state.live and not row.over,
        who=_who(row, caller, when),
        hours=hours(row, when),
        facts=_facts(row, when, still=still),
        here=here,
        last=_last(row, when),
        phone=(row.phone or "") if row.state in _TO_DO or row.state.live else "",
        url=url,
        asked=again(language, row.asked or ""),
        answerable=row.answerable and row.state.live,
    )


def meanwhile(since: Since, left: datetime, now: datetime, language: Language) -> str:
    """What happened while somebody was away; empty when nothing did."""
    if not since.anything:
        return ""
    count = language.count
    told = [
        (since.came, count("{number} task came in", "{number} tasks came in", since.came)),
        (since.nobody, count("nobody took on {number}", "nobody took on {number}", since.nobody)),
        (since.done, count("{number} was finished", "{number} were finished", since.done)),
        (
            since.moved,
            count(
                "something happened to {number} of yours",
                "something happened to {number} of yours",
                since.moved,
            ),
        ),
    ]
    return language.say(
        "While you were away ({length}): {what}.",
        length=length(now - left, language),
        what=", ".join(words for number, words in told if number),
    )


def _title(row: Row) -> str:
    what = missed(row.missed, pickup=bool(row.missed_pickup))
    return headline(row.kind, TITLES.get(row.case_kind, mark("Delivery problem")), what)


def _reason(row: Row, when: When) -> str:
    if row.kind is TaskKind.QUESTION or row.missed is not None:
        return ""  # the customer's words, or what was missed, say what it is about
    if row.kind is not TaskKind.HANDOVER:
        return reasons.in_short(when.language, row.reason, row.courier_words, _title(row))
    if row.booked_from is None:
        return ""
    if row.booked_until is None:
        return when.language.say("pickup from {moment}", moment=when.moment(row.booked_from))
    return when.window(row.booked_from, row.booked_until)


def _who(row: Row, caller: Caller, when: When) -> str:
    say = when.language.say
    if row.state is TaskState.ACKNOWLEDGED and row.acknowledged_at:
        since = at_time(row.acknowledged_at, when)
        until = at_time(row.done_by, when) if row.done_by else ""
        if row.acknowledged_by == caller.name:
            text = mark("You have it since {since}, finish it by {until}")
            text = text if until else mark("You have it since {since}")
        else:
            text = mark("{who} has it since {since}, finishes it by {until}")
            text = text if until else mark("{who} has it since {since}")
        return say(text, who=row.acknowledged_by, since=since, until=until)
    if row.state is TaskState.RESOLVED and row.resolved_at:
        at = when.moment(row.resolved_at)
        return say("Done by {who}, {moment}", who=row.acknowledged_by, moment=at)
    if row.state is TaskState.WITHDRAWN or row.over:
        replaced = say("Replaced by a newer call.")
        over = ended(when.language, row.resolution) if row.resolution else replaced
        if not row.resolved_at:
            return over
        at = when.moment(row.resolved_at)
        return f"{over} {at[:1].upper()}{at[1:]}"
    return ""


def _facts(row: Row, when: When, *, still: bool) -> str:
    facts, language, say = [], when.language, when.language.say
    if row.state is TaskState.ASIDE:
        if row.happened_at:
            facts.append(say("it happened {moment}", moment=when.moment(row.happened_at)))
    elif still and row.exhausted_at:
        since = at_time(row.exhausted_at, when)
        facts.append(say("nobody has taken it on since {moment}", moment=since))
        if row.snoozed_until and when.ahead(row.snoozed_until):
            facts += _call(row, when)
        elif row.call_at:
            facts.append(say("called again {moment}", moment=at_time(row.call_at, when)))
    elif still:
        waits = when.now - row.created_at
        new = waits < _NEW
        facts.append(say("new") if new else say("waits {length}", length=length(waits, language)))
        if row.had_by:
            facts.append(say("{who} had it and did not finish it", who=row.had_by))
        facts += _call(row, when)
    if row.attempts:
        facts.append(language.count("{number} attempt", "{number} attempts", row.attempts))
    if row.outcome and not still:
        facts.append(say(ALL_OUTCOMES.get(row.outcome, row.outcome)))
    return " · ".join(facts)


def _call(row: Row, when: When) -> list[str]:
    """When somebody is called next, or until when nobody is."""
    say = when.language.say
    if row.snoozed_until and when.ahead(row.snoozed_until):
        at = at_time(row.snoozed_until, when)
        if not row.wakes_on:
            return [say("calls put off until {moment}", moment=at)]
        return [say("calls put off {until}", until=Event(row.wakes_on).until(when.language, at))]
    return [say("next call {when}", when=when.until(row.call_at))] if row.call_at else []


def _last(row: Row, when: When) -> str:
    if row.last is None:
        return ""
    new = when.now - row.last.at < _NEW
    ago = when.language.say("just now") if new else when.ago(row.last.at)
    return f"{words(row.last, when).text} {ago}"

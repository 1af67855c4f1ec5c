"""Whose parcel a reply is about and what it means, before anything is locked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.booking import service as booking
from app.booking.service import Options
from app.cases import service as cases
from app.cases import speech
from app.cases.model import Case
from app.channels import service as channels
from app.channels.heard import Reply
from app.channels.rules import normal
from app.clock import local
from app.customer.understood import store
from app.customer.understood.store import SCORES, Offer
from app.db.connection import Connection
from app.replies import fitting, rules
from app.replies.fitting import Fits, Offered
from app.replies.meaning import Act, Reading
from app.replies.text import tokens

OPEN_FOR = timedelta(days=14)
"""So long a number means what a message offered by it; whoever is late reads the truth."""
CHOOSES = frozenset({Act.OPTION, Act.WISH, Act.PICKUP, Act.YES})


@dataclass(frozen=True, slots=True)
class Understood:
    """A reply that makes sense, and the case it is about.

    `several` are the cases that it may be about, where nobody can tell; `also` are the open ones of
    the same recipient at the number that is said to be wrong.
    """

    case_id: int
    readings: frozenset[Reading]
    words: str
    listed: Sequence[str] = ()
    """What the message that it answers offered, by number."""
    several: Sequence[int] = ()
    also: Sequence[int] = ()

    @property
    def act(self) -> Act | None:
        """What is wanted, where all ways to read it agree on that; any choice is an option."""
        acts = {one.act for one in self.readings}
        if acts and acts <= CHOOSES:
            return Act.OPTION
        return acts.pop() if len(acts) == 1 else None


def located(conn: Connection, fact: Reply) -> Reply:
    """The same with the message that it answers and the case that was about, where it says so."""
    found = fact.replies_to or channels.by_provider(conn, fact.provider, fact.answers)
    message = channels.message(conn, found) if found else None
    if message is None or message.audience != "customer":
        return fact
    ours, theirs = (normal(fact.channel, who) for who in (message.recipient, fact.sender))
    about = message.case_id if ours == theirs else None
    return replace(fact, replies_to=message.id, case_id=fact.case_id or about)


def read(conn: Connection, fact: Reply, now: datetime) -> Understood | None:
    """What a reply means; None when a person has to read it."""
    found = _cases(conn, fact, ended=rules.is_undo(fact.words))
    if not found:
        return None
    offers = store.last_offers(conn, list(found), _said_at(fact, now) - OPEN_FOR, now)
    answered = store.offer_of(conn, fact.replies_to) if fact.replies_to else None
    if answered and answered.case_id in found:
        offers = [answered]
    return _read(conn, found, offers, fact.words, now)


def rates(conn: Connection, fact: Reply, now: datetime) -> int | None:
    """The case that a bare number rates; None unless how it went is what they were asked last."""
    asked = store.offer_of(conn, fact.replies_to) if fact.replies_to else None
    if asked is None:
        said_at = _said_at(fact, now)
        found = list(_cases(conn, fact, ended=True))
        asked = next(iter(store.last_offers(conn, found, said_at - OPEN_FOR, said_at)), None)
    return asked.case_id if asked and asked.kind == SCORES else None


def _read(
    conn: Connection,
    found: Mapping[int, Case],
    offers: Sequence[Offer],
    words: str,
    now: datetime,
) -> Understood | None:
    found = _named(found, words) or found
    newest = next(iter(found.values()))
    readings = _readings(list(found.values()), words)
    offers = [one for one in offers if one.case_id in found]
    if readings and offers and offers[0].kind == "cases":
        case_id = _chosen_case(readings, offers[0])
        if case_id in found:
            rest = [one for one in offers[1:] if one.kind == "choices"]
            return _read(conn, {case_id: found[case_id]}, rest, offers[0].words, now)
    listed = {one.case_id: one.choices for one in offers if one.kind == "choices"}
    understood = Understood(newest.id, readings, words, listed.get(newest.id, ()))
    match understood.act:
        case Act.UNDO:
            last = store.last_act(conn, list(found))
            return replace(understood, case_id=last.case_id if last else newest.id)
        case Act.WRONG_NUMBER:
            return replace(understood, also=_same_person(found, newest))
    if len(found) == 1 or understood.act is not Act.OPTION:
        return understood if understood.act else None
    possible = [
        case_id
        for case_id, case in found.items()
        if fits(case, readings, listed.get(case_id, ()), _options(conn, case, now), now).choices
    ]
    if not possible:
        return None
    first = possible[0]
    several = possible if len(possible) > 1 else ()
    return Understood(first, readings, words, listed.get(first, ()), several)


def _same_person(found: Mapping[int, Case], newest: Case) -> list[int]:
    """The other parcels of whoever is meant by this one: the number is wrong for them as well."""
    name = newest.parcel.name
    return [
        case_id
        for case_id, case in found.items()
        if name and case_id != newest.id and case.parcel.name == name
    ]


def fits(
    case: Case,
    readings: frozenset[Reading],
    listed: Sequence[str],
    options: Options,
    now: datetime,
) -> Fits:
    """What of a case's offer is meant; a yes means the only thing that was listed."""
    said = readings
    if any(one.act is Act.YES for one in readings):
        said = frozenset({Reading(Act.OPTION, option=1)}) if len(listed) == 1 else frozenset()
    return fitting.fits(said, listed, _offered(case, options), local(now, case.zone).date())


def _offered(case: Case, options: Options) -> list[Offered]:
    slots = [
        fitting.offered(one.choice, one.starts_at, one.ends_at, case.zone, pickup=False)
        for one in options.slots
    ]
    return slots + [
        fitting.offered(one.choice, one.starts_at, one.ends_at, case.zone, pickup=True)
        for one in options.pickup_points
    ]


def _options(conn: Connection, case: Case, now: datetime) -> Options:
    return booking.options(conn, case, now)


def _cases(conn: Connection, fact: Reply, *, ended: bool) -> dict[int, Case]:
    """The open cases of whoever wrote, newest first; else the one they were last written about.

    With `ended`, that one too: it may be closed, or no longer theirs since they said that their
    number is wrong.
    """
    if fact.case_id:
        ids = [fact.case_id]
    else:
        ids = channels.open_cases_of(conn, fact.channel, fact.sender)
        if ended or not ids:
            last = channels.case_of(conn, fact.channel, fact.sender)
            ids = [*ids, last] if last and last not in ids else ids
    found = cases.by_ids(conn, ids)
    return {case_id: found[case_id] for case_id in ids if case_id in found}


def _named(found: Mapping[int, Case], words: str) -> dict[int, Case]:
    """Those whose number stands in the words."""
    said = f" {' '.join(token.text for token in tokens(words))} "
    return {
        case_id: case
        for case_id, case in found.items()
        if (label := " ".join(token.text for token in tokens(case.parcel.label)))
        and not label.isdecimal()
        and f" {label} " in said
    }


def _readings(found: Sequence[Case], words: str) -> frozenset[Reading]:
    first = found[0]
    people = {name for case in found for name in _names(case.parcel.name)}
    others = {name for case in found for name in (case.shipper.name, case.parcel.label)}
    names = {name: "" for name in people | others if len(name) > 2 and not name.isdecimal()}
    country = str((first.parcel.address or {}).get("country") or first.shipper.country)
    return rules.read(words, speech.of(first).code, country, rules.named(names), people)


def _names(name: str | None) -> list[str]:
    """A recipient's name, and its parts."""
    parts = (name or "").split()
    return [part for part in (" ".join(parts), *parts) if len(part) > 2]


def _chosen_case(readings: frozenset[Reading], offer: Offer) -> int:
    """The case that a number means, after we asked which; 0 for anything else."""
    numbers = {one.option or 0 for one in readings if one.act is Act.OPTION}
    number = numbers.pop() if len(numbers) == 1 else 0
    return int(offer.choices[number - 1]) if 1 <= number <= len(offer.choices) else 0


def _said_at(fact: Reply, now: datetime) -> datetime:
    return fact.at or now

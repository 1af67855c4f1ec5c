"""Verbs on the register of who wants no messages. They run inside the caller's transaction.

It is kept for each person and shipper, with the proof of who said it, when, in which words and by
which message. A refusal holds for all who wrote to that number or address from here, by law for
calls as well as for texts, and is looked at again when a message is about to leave. Whoever has a
case that it concerns hears of it by the step `heed_refusal`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.access.pseudonyms import of_contact
from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline.kinds import Actor
from app.chain import service as chain
from app.channels import refusals_store as store
from app.channels.refusals_store import Refusal, Standing
from app.channels.rules import normal
from app.channels.states import NotSent
from app.contact.refusal import law
from app.db.connection import Connection
from app.directory import store as directory
from app.shipments.corrections import service as corrections

__all__ = [
    "NotSent",
    "Refusal",
    "Said",
    "barred",
    "follow",
    "lift",
    "normal",
    "of",
    "refuse",
    "standing",
    "unheard",
]

HEED = "heed_refusal"
"""The step that confirms a refusal, releases what was promised, and tells who has the case."""

ALWAYS = frozenset({"refusal", "help"})
"""What leaves after a refusal: its one confirmation, and the answer to "help"."""
_WHILE_ASKED = frozenset({"question", "question_late"})
"""What leaves while a person finds out what somebody wants: who answers, and by when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A refusal as it came; `why` is reply, call, provider, page, staff or api."""

    channel: str
    recipient: str
    why: str
    shippers: Sequence[int] | None = None
    """None: everybody who wrote to them from here."""
    unclear: bool = False
    words: str = ""
    provider: str = ""
    provider_id: str = ""
    answered: bool = False
    by: str = ""


def refuse(conn: Connection, said: Said, now: datetime) -> None:
    """Send nothing more to this person that way; saying it twice is saying it once."""
    recipient = normal(said.channel, said.recipient)
    spellings = list({recipient, said.recipient})
    shippers = said.shippers
    if shippers is None:
        shippers = store.shippers_who_wrote(conn, spellings) or [0]
    others = [one for one in law.together(said.channel, recipient) if one != said.channel]
    if others and directory.person_at(conn, recipient):
        others = []  # whoever is called at a depot is no consumer
    rows = [
        {
            "shipper_id": shipper,
            "channel": channel,
            "recipient": recipient,
            "at": now,
            "why": said.why,
            "unclear": said.unclear,
            "words": said.words[:500],
            "provider": said.provider,
            "provider_id": said.provider_id,
            "answered": said.answered,
            "by": said.by,
        }
        for shipper in sorted(shippers)  # in one order, whatever they said it by
        for channel in sorted((said.channel, *others))
    ]
    if store.insert(conn, rows):
        _heed(conn, store.cases_of(conn, spellings, shippers), now)


def _heed(conn: Connection, case_ids: Sequence[int], now: datetime) -> None:
    found = cases.by_ids(conn, case_ids).values() if case_ids else ()
    chain.arm(conn, [chain.NewStep(case.id, HEED, now, {}) for case in found])


def lift(
    conn: Connection,
    channel: str,
    recipient: str,
    why: str,
    now: datetime,
    *,
    shipper_id: int | None = None,
    by: str = "",
    only_unclear: bool = False,
) -> bool:
    """This person wants messages again; whether anything stood in their way."""
    who = normal(channel, recipient)
    pairs = [(one, name) for one in law.together(channel, who) for name in (who, of_contact(who))]
    return bool(store.lift(conn, pairs, shipper_id, why, by, now, only_unclear=only_unclear))


def follow(conn: Connection, before: Case, after: Case, now: datetime) -> None:
    """A refusal is a person's, and holds at the number that others gave for them since.

    Whoever gives a number of their own wants to be written to there. At one that was somebody
    else's, that one has refused.
    """
    if corrections.changed_by(conn, after.shipment_id) == Actor.CUSTOMER:
        return
    ways = [(one.contact_phone or one.contact_call, one.contact_email) for one in (before, after)]
    for was, is_now in zip(*ways, strict=True):
        if not was or not is_now or was == is_now or was in after.parcel.not_theirs:
            continue
        for one in of(conn, [was], after.shipper_id):
            if one.stands and not one.unclear:
                refuse(conn, _at_another(one, is_now), now)


def _at_another(one: Refusal, recipient: str) -> Said:
    return Said(
        channel=one.channel,
        recipient=recipient,
        why=one.why,
        shippers=[one.shipper_id],
        words=one.words,
        provider=one.provider,
        provider_id=one.provider_id,
        answered=True,  # it was confirmed when it came
        by=one.by,
    )


def standing(conn: Connection, ways: Sequence[tuple[str, str]]) -> Standing:
    """What stands against these `(channel, recipient)`.

    Of somebody who was forgotten since, it stands under a pseudonym.
    """
    pairs = {(channel, normal(channel, recipient)) for channel, recipient in ways}
    names = {of_contact(who): who for _, who in pairs}
    if not pairs:
        return {}
    hidden = [(channel, of_contact(who)) for channel, who in pairs]
    stands: Standing = {}
    for (channel, who, shipper), unclear in store.standing(conn, [*pairs, *hidden]).items():
        key = channel, names.get(who, who), shipper
        stands[key] = stands.get(key, True) and unclear
    return stands


def barred(
    stands: Standing, channel: str, recipient: str, shipper_id: int | None, topic: str = ""
) -> NotSent | None:
    """Why a message of this shipper may not go that way; None when it may."""
    who = normal(channel, recipient)
    if (channel, who, store.NOBODY_THERE) in stands:
        return NotSent.NOBODY_THERE if channel == "email" else NotSent.NOT_A_MOBILE
    found = [stands[key] for key in _keys(channel, who, shipper_id) if key in stands]
    if not found or topic in ALWAYS:
        return None
    if not all(found):
        return NotSent.OPTED_OUT
    return None if topic in _WHILE_ASKED else NotSent.ASKED_WHETHER


def _keys(channel: str, who: str, shipper_id: int | None) -> list[tuple[str, str, int]]:
    return [(channel, who, shipper) for shipper in {0, shipper_id or 0}]


def unheard(
    conn: Connection, ways: Mapping[int, tuple[int, Sequence[tuple[str, str]]]]
) -> dict[int, NotSent]:
    """Of these, who is reached by no way left, and why: `{case_id: (shipper_id, ways)}`."""
    every = [way for _, those in ways.values() for way in those]
    stands = standing(conn, every)
    if not stands:
        return {}
    found = {}
    for case_id, (shipper_id, those) in ways.items():
        whys = [barred(stands, *way, shipper_id) for way in those]
        if whys and all(whys):
            found[case_id] = next(why for why in whys if why)
    return found


def of(conn: Connection, recipients: Sequence[str], shipper_id: int | None) -> list[Refusal]:
    """All that these numbers and addresses ever said to a shipper, oldest first."""
    known = [normal("email", one) for one in recipients]
    names = {of_contact(one): one for one in known}
    found = store.of_recipients(conn, [*known, *names], shipper_id)
    return [replace(one, recipient=names.get(one.recipient, one.recipient)) for one in found]

"""Verbs on messages. Everything here runs inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Any, NamedTuple

from psycopg.types.json import Jsonb

from app import languages
from app.chain import wake
from app.channels import (
    bounces_store,
    finding_store,
    packed_words,
    refusals,
    rules,
    store,
    unsent_store,
)
from app.channels.states import NotSent
from app.db.connection import Connection, after_commit
from app.languages import said as sentences
from app.languages.said import Said

_BY_SENTENCES = {"whatsapp", "voice"}
"""Who goes one of these ways, goes or is read aloud by the sentences it is made of."""
_CALLS_SHOWN = 300
"""More than one person was ever called for and still thinks of."""


class Route(NamedTuple):
    """A way to somebody: `voice` or `sms` to an E.164 number, or `email` to an address."""

    channel: str
    recipient: str


class Weight(Enum):
    """How a message to a customer stands towards what they may get unasked about one parcel."""

    ASKED = auto()
    """A confirmation, an answer, a truth they asked for: never held back, and not counted."""
    AWAITED = auto()
    """The same so long after they asked that they may be asleep: it keeps to their hours."""
    NEEDED = auto()
    """They must know it: never held back, and counted."""
    SPARE = auto()
    """Held back when they had enough, and counted."""


UNCOUNTED = frozenset({Weight.ASKED, Weight.AWAITED})
"""What they may get however much they heard."""

_OUR_FAULT = frozenset(
    {NotSent.PROVIDER_AWAY, NotSent.STILL_AWAY, NotSent.NO_PROVIDER, NotSent.PROVIDER_ERROR}
)
"""Why a message did not arrive for no fault of its number or address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message to be sent, by the first of its routes; the others are for when that fails.

    `audience` is dispatcher, customer or shipper; `topic` says what it is about, so that it
    can be withdrawn; `idempotency_key` is the same whenever the same thing is said. It goes only
    while its case is as `needs_case` says (`open`: and the parcel not delivered; `closed`;
    `any`; `none`: it belongs to no case, and `case_id` is 0); never after
    `not_after`, and not in `quiet_hours` (`{"from", "to", "zone"}`).
    """

    case_id: int
    audience: str
    topic: str
    idempotency_key: str
    routes: Sequence[Route]
    subject: str
    text: str
    spoken: str | None = None
    """What is said instead in a call."""
    hint: str | None = None
    """What is added to a text message that can be answered: how to."""
    html: str | None = None
    """What a mail shows besides the text, in HTML."""
    calendar: str | None = None
    needs_case: str = "open"
    not_after: datetime | None = None
    quiet_hours: dict[str, Any] | None = None
    due_at: datetime | None = None
    weight: Weight = Weight.ASKED
    allowance: rules.Allowance | None = None
    """What a spare one is measured by."""
    room_at: datetime | None = None
    """When a word leaves that was promised: a spare one leaves room for it."""
    language: str = languages.HOUSE
    """The code of the language it is written in."""
    person_id: int | None = None
    """Whom it calls at a depot."""
    gathers: str = ""
    """With what it may leave together, as one message: the first such call to a person leaves at
    once, what follows soon waits for the others. Empty: it leaves by itself."""
    news_of: int = 0
    """The courier account whose news it is; one call for another account than the first does not
    wait either. 0: it has no such leave."""
    at_once: bool = False
    """Whether it does not wait for others; it leaves together with what is due."""
    never: NotSent | None = None
    """Why it does not leave at all; then it stands there with this reason."""
    must_ring: bool = False
    """Whether no cap of calls holds it back: after this one nobody else is called."""
    request_id: str


def enqueue(conn: Connection, drafts: Sequence[Draft], now: datetime) -> set[str]:
    """Queue messages, all in one statement; what was said before is not said again.

    A draft without a route, or one too many, becomes a suppressed row: nothing is unsent without
    a reason. Returns the `idempotency_key`s that are new, without those of one too many.
    """
    if not drafts:
        return set()
    enough = _one_too_many(conn, drafts, now)
    new = store.insert(conn, [_row(draft, now, enough) for draft in drafts], now) - enough
    if new:
        after_commit(wake.soon)
    return new


def _one_too_many(conn: Connection, drafts: Sequence[Draft], now: datetime) -> set[str]:
    spare = [draft for draft in drafts if draft.weight is Weight.SPARE and draft.allowance]
    if not spare:
        return set()
    sent = unasked(conn, [draft.case_id for draft in spare], now)
    return {draft.idempotency_key for draft in spare if _enough(draft, sent[draft.case_id], now)}


def _enough(draft: Draft, sent: Sequence[datetime], now: datetime) -> bool:
    """Whether they heard enough, or would have when what was promised leaves."""
    most, later = draft.allowance, draft.room_at
    if most is None:
        return False
    if not rules.has_room(sent, most, now):
        return True
    return later is not None and later > now and not rules.has_room([*sent, now], most, later)


def unasked(conn: Connection, case_ids: Sequence[int], now: datetime) -> dict[int, list[datetime]]:
    """When these cases' customers were written to unasked, as far back as an allowance looks."""
    return finding_store.counted(conn, case_ids, now - rules.LOOKS_BACK)


def came(
    conn: Connection,
    case_ids: Sequence[int],
    now: datetime,
    *,
    audience: str = "customer",
    topic: str | None = None,
) -> dict[int, datetime]:
    """When they last heard of these cases, by case: of a topic, or of anything unasked.

    What reminds of it counts from then; what still waits to leave is heard now at the earliest.
    """
    return finding_store.came(conn, case_ids, audience, topic, now)


def said(conn: Connection, idempotency_keys: Sequence[str]) -> set[str]:
    """Those of the keys that were queued before, whatever became of them."""
    return finding_store.said(conn, idempotency_keys) if idempotency_keys else set()


def withdraw(
    conn: Connection,
    case_id: int,
    topic: str | None,
    why: str,
    now: datetime,
    *,
    needs_case: str | None = None,
    audience: str | None = None,
) -> int:
    """Take back what is not sent yet of a topic, or of the whole case when `topic` is None.

    `needs_case` narrows it to messages that need their case in that state, `audience` to those for
    these people. What left already
    is neither repeated nor sent another way, and a call rings no more. Call it with the case
    locked. Returns how many messages were taken back.
    """
    return _withdraw(conn, [case_id], topic, needs_case, why, now, audience)


def withdraw_open(conn: Connection, case_ids: Sequence[int], why: str, now: datetime) -> None:
    """The same of these cases, as far as it needs them to be open."""
    if case_ids:
        _withdraw(conn, case_ids, None, "open", why, now)


def _withdraw(
    conn: Connection,
    case_ids: Sequence[int],
    topic: str | None,
    needs_case: str | None,
    why: str,
    now: datetime,
    audience: str | None = None,
) -> int:
    done = store.withdraw(conn, case_ids, topic, needs_case, why, now, audience)
    if done.recalled:
        after_commit(wake.soon)
    return done.suppressed


def reaches(conn: Connection, shipper_id: int, routes: Sequence[Route]) -> bool:
    """Whether one of these ways is left to somebody who may have refused some."""
    return bool(routes) and not refusals.unheard(conn, {0: (shipper_id, routes)})


def case_of(conn: Connection, channel: str, sender: str) -> int | None:
    """The case that the customer at this address was last written to about.

    Of somebody whom we never wrote to, the newest open case that names the address. None when it
    is nobody's.
    """
    spellings = [sender, rules.normal(channel, sender)]
    return finding_store.case_of_recipient(conn, spellings) or next(
        iter(finding_store.open_cases_of(conn, spellings)), None
    )


def open_cases_of(conn: Connection, channel: str, sender: str) -> list[int]:
    """The open cases whose customer has this address, the newest first; a few."""
    return finding_store.open_cases_of(conn, [sender, rules.normal(channel, sender)])


class Lately(NamedTuple):
    """Whose last message arrived, or may not have for a reason that is not in their number."""

    arrived: set[int]
    in_doubt: set[int]


def lately(conn: Connection, case_ids: Sequence[int]) -> Lately:
    """What became of the last message to the customers of these cases."""
    ended = unsent_store.last_ended(conn, case_ids)
    return Lately(
        {one.case_id for one in ended if one.state in {"sent", "delivered"}},
        {one.case_id for one in ended if one.state == "unknown" or one.why in _OUR_FAULT},
    )


def task_of(conn: Connection, channel: str, sender: str) -> finding_store.StaffMessage | None:
    """What somebody at this address was called for last; None when nobody was called there."""
    return finding_store.last_to_staff(conn, [sender, rules.normal(channel, sender)])


def quiet_anew(conn: Connection, case_id: int, hours: dict[str, Any] | None) -> None:
    """Let what waits for the customer of a case heed these hours from now on."""
    store.quiet_anew(conn, case_id, hours)


def by_provider(conn: Connection, provider: str, provider_id: str) -> int | None:
    """The id of the message that a provider calls so; None for none."""
    return finding_store.by_provider(conn, provider, provider_id) if provider_id else None


def writes_from(conn: Connection, address: str) -> None:
    """Somebody writes from this address or number: they are reached there after all."""
    bounces_store.lift(conn, address)


def message(conn: Connection, message_id: int) -> store.Message | None:
    """A message by id, whatever became of it."""
    return store.message(conn, message_id)


def calls_of(conn: Connection, person_id: int) -> list[str]:
    """The `idempotency_key`s of what called somebody for a task lately, the newest first."""
    return finding_store.calls_of(conn, person_id, _CALLS_SHOWN)


def for_case(conn: Connection, case_id: int) -> list[dict[str, Any]]:
    """All messages of a case, oldest first, with state and reason.

    Rows: `id, audience, topic, channel, recipient, fallback_routes, route, subject, text, hint,
    language, state, why, withdrawn, due_at, attempt, tries, provider, provider_id, not_after,
    created_at, done_at, request_id`.
    """
    return finding_store.for_case(conn, case_id)


def _row(draft: Draft, now: datetime, enough: set[str]) -> dict[str, Any]:
    first, *others = list(dict.fromkeys(draft.routes)) or [Route("none", "")]
    why = NotSent.ENOUGH if draft.idempotency_key in enough else None
    ways = {route.channel for route in draft.routes}
    words = {
        "subject": str(draft.subject),
        "text": str(draft.text),
        "hint": draft.hint if ways & {"sms", "whatsapp"} else None,
    }
    return words | {
        "case_id": draft.case_id,
        "audience": draft.audience,
        "topic": draft.topic,
        "idempotency_key": draft.idempotency_key,
        "channel": first.channel,
        "recipient": first.recipient,
        "fallback_routes": Jsonb([route._asdict() for route in others]),
        # of what belongs to no case, somebody's words are found only by what stands there
        "packed": packed_words.pack(words, draft.language) if draft.case_id else None,
        "made_of": Jsonb(draft.text.made_of) if isinstance(draft.text, Said) else None,
        "template": _template(draft),
        "by_sentences": not ways.isdisjoint(_BY_SENTENCES),
        "html": draft.html if "email" in ways else None,
        "calendar": draft.calendar if "email" in ways else None,
        "needs_case": draft.needs_case,
        "not_after": draft.not_after,
        "quiet_hours": Jsonb(draft.quiet_hours) if draft.quiet_hours else None,
        "due_at": draft.due_at or now,
        "request_id": draft.request_id,
        "language": draft.language,
        "counts": draft.weight not in UNCOUNTED,
        "why": draft.never or (why if draft.routes else NotSent.NO_ADDRESS),
        "spoken": draft.spoken if "voice" in ways else None,
        "person_id": draft.person_id,
        "must_ring": draft.must_ring,
        "gathers": bool(draft.gathers),
    }


def _template(draft: Draft) -> str | None:
    return sentences.key(draft.topic, draft.text.made_of) if isinstance(draft.text, Said) else None

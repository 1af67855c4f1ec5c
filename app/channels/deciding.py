"""What is done with a message that is due: it is sent, waits, goes another way, or never leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from app.channels import composing, exempt, prepared, refusals, rules, voice
from app.channels.providers import Chosen, turn_of
from app.channels.providers.base import Outgoing
from app.channels.queue_store import Due
from app.channels.routing import DeliveryUpdate
from app.channels.states import NotSent
from app.channels.store import Message
from app.db.connection import Connection
from app.locality import quiet

log = structlog.get_logger(__name__)

AWAY_FOR = timedelta(seconds=30)
"""How long a message without a fallback waits when the provider of its channel is away."""


@dataclass(frozen=True, slots=True)
class Call:
    """A message that its provider is to be called for; its row says `sending`."""

    message: Message
    chosen: Chosen
    outgoing: Outgoing
    since: datetime
    """Machine time, before the call."""


@dataclass(frozen=True, slots=True)
class Later:
    """Not now: the message waits until `at`."""

    at: datetime
    outcome: str
    why: str | None


def closed(conn: Connection, due: Sequence[Due], channel: str, now: datetime) -> dict[int, NotSent]:
    """To whom this way is closed, by message, and why."""
    if not due:
        return {}
    found = dict.fromkeys(exempt.used_up(conn, due), NotSent.EXEMPTION_USED)
    stands = refusals.standing(conn, [(one.message.channel, one.message.recipient) for one in due])
    for one in due if stands else ():
        message = one.message
        why = refusals.barred(
            stands, message.channel, message.recipient, one.shipper_id, message.topic
        )
        if why:
            found[message.id] = why
    if channel == "voice":
        often = voice.too_often(conn, [one.message for one in due], now)
        found |= dict.fromkeys(often, NotSent.CALLED_OFTEN)
    return found


def decide(  # noqa: PLR0911 - one line per decision
    due: Due, address: str, now: datetime, since: datetime, *, never: NotSent | None, away: bool
) -> Call | DeliveryUpdate | Later | NotSent:
    """What to do with a due message; the first that applies.

    `never` is why this way is closed to it.
    """
    message = due.message
    if due.case_state is None and message.needs_case != "none":
        return NotSent.NO_CASE
    why = rules.why_not(
        message.needs_case,
        due.case_state or "",
        delivered=due.delivered,
        not_after=message.not_after,
        now=now,
    )
    if why is not None:
        return NotSent(why)
    if never is not None:
        return DeliveryUpdate(state="suppressed", why=never, attempt=message.attempt)
    refused_by = (message.provider or "") if message.tries else ""
    chosen = turn_of(message.channel, message.recipient, message.id, not_by=refused_by)
    if chosen is None:
        return DeliveryUpdate(state="failed", why=NotSent.NO_PROVIDER, attempt=message.attempt)
    waking = _quiet_until(message, now)
    if waking is not None:
        return Later(waking, "quiet", message.why or NotSent.QUIET)
    if away and message.fallback_routes:
        return DeliveryUpdate(state="failed", why=NotSent.PROVIDER_AWAY, attempt=message.attempt)
    if away:
        told = message.why == NotSent.STILL_AWAY
        why_waits = NotSent.STILL_AWAY if told else NotSent.PROVIDER_AWAY
        return Later(now + AWAY_FOR, "away", why_waits)
    try:
        known = prepared.choose(due, chosen.provider, now)
    except prepared.NotKnown:
        return DeliveryUpdate(state="failed", why=NotSent.NO_TEMPLATE, attempt=message.attempt)
    return Call(message, chosen, composing.outgoing(due, chosen, address, known), since)


def _quiet_until(message: Message, now: datetime) -> datetime | None:
    try:
        return quiet.until(now, message.quiet_hours)
    except (KeyError, ValueError) as error:  # better heard at night than never
        log.error("quiet_hours_unreadable", message_id=message.id, error=repr(error))  # noqa: TRY400
        return None

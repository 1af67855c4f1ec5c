"""The outbox: takes a message, hands it to its provider, records what became of it.

Three short acts. The taking is a transaction that looks at everything once more: whoever
committed before it (a delivery, an acknowledgement, an opt-out) wins. The call to the
provider holds no transaction and no lock. The recording finds the message by its try, so
that what is recorded late never overwrites what is known better.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
import structlog

from app import clock
from app.channels import routing, rules, store
from app.channels.providers import provider_for
from app.channels.providers.base import Accepted, Ambiguous, Outgoing, Provider, Refused
from app.channels.routing import DeliveryUpdate
from app.db.connection import Connection, connection, transaction

log = structlog.get_logger(__name__)

# The provider has the message; a restarting Postgres must not make us forget it. Longer than
# this a restart does not take, and then the stale claim is settled as unknown.
_RECORD_PAUSES = (0.1, 0.3, 1.0, 2.0, 4.0, 6.0, 6.0)  # seconds
_STALE_AT_ONCE = 100  # one second's work; the next second takes the next


@dataclass(frozen=True, slots=True)
class _Taken:
    message: store.Message
    provider: Provider
    outgoing: Outgoing


def claim(conn: Connection, now: datetime, limit: int, lease: timedelta) -> list[store.Claimed]:
    """Claim due messages, at most `limit`, for `send`."""
    return store.claim(conn, now, limit, lease)


def next_due(conn: Connection) -> datetime | None:
    """When the next message wants to be claimed; None when nothing waits."""
    return store.next_due(conn)


def send(message_id: int, attempt: int) -> str:
    """Send the message if it still is what the task message says; the outcome in one word.

    The words of `routing.settle`, and `quiet`: it waits for the end of the quiet hours. Never
    call it inside a transaction.

    Raises:
        psycopg.OperationalError: the database is away; lease or stale claim bring it back.
    """
    with transaction() as conn:
        taken = _take(conn, message_id, attempt, clock.now())
    if isinstance(taken, str):
        return taken
    if isinstance(taken, DeliveryUpdate):
        return _record(lambda conn: routing.settle(conn, message_id, taken, clock.now()))
    tries = taken.outgoing.tries
    try:
        accepted = _call(taken, clock.machine_now())
    except Refused as refusal:
        heard = DeliveryUpdate(
            state="failed", why=refusal.why, temporary=not refusal.permanent, tries=tries
        )
    except Ambiguous as doubt:
        heard = DeliveryUpdate(state="unknown", why=doubt.why, tries=tries)
    else:
        return _record(lambda conn: _accept(conn, taken, accepted))
    return _record(lambda conn: routing.settle(conn, message_id, heard, clock.now()))


def settle_stale(conn: Connection | None, now: datetime) -> int:
    """Settle as unknown what a killed process left in `sending`; how many there were.

    `now` is business time; how long ago the call began is measured in machine time. Costs
    one look into a small index when there is nothing to do.
    """
    before = clock.machine_now() - rules.STALE_AFTER
    rows = store.stale(conn or connection(), before, _STALE_AT_ONCE)
    for message_id, tries in rows:
        with transaction() as own:
            update = DeliveryUpdate(state="unknown", why="interrupted", tries=tries)
            routing.settle(own, message_id, update, now)
    return len(rows)


def _take(
    conn: Connection, message_id: int, attempt: int, now: datetime
) -> _Taken | DeliveryUpdate | str:
    """Claim the message for one call, or say why there will be none."""
    message = store.lock(conn, message_id)
    if message is None or message.state != "queued" or message.attempt != attempt:
        return "stale"
    recipient = rules.normal(message.channel, message.recipient)
    standing = store.standing(conn, message.case_id, message.channel, recipient)
    if standing is None:
        why: str | None = "no_case"
    else:
        why = rules.why_not(
            message.needs_case,
            standing.case_state,
            delivered=standing.delivered,
            not_after=message.not_after,
            now=now,
        )
    if standing is None or why is not None:
        store.finish(conn, message.id, "suppressed", why, None, now)
        return _logged(message, "suppressed", why)
    # These need the case's lock, which comes before the message's: another transaction.
    if standing.opted_out:
        return DeliveryUpdate(state="suppressed", why="opted_out", attempt=attempt)
    provider = provider_for(message.channel)
    if provider is None:
        return DeliveryUpdate(state="failed", why="no_provider", attempt=attempt)
    quiet = _quiet_until(message, now)
    if quiet is not None:
        store.requeue(conn, message.id, quiet, message.why)
        return _logged(message, "quiet", None)
    store.sending(conn, message.id, provider.name, clock.machine_now())
    return _Taken(message, provider, _outgoing(message))


def _quiet_until(message: store.Message, now: datetime) -> datetime | None:
    try:
        return rules.quiet_until(now, message.quiet_hours)
    except (KeyError, ValueError) as error:  # better heard at night than never
        log.error("quiet_hours_unreadable", message_id=message.id, error=repr(error))  # noqa: TRY400
        return None


def _outgoing(message: store.Message) -> Outgoing:
    return Outgoing(
        id=message.id,
        tries=message.tries + 1,
        recipient=message.recipient,
        subject=message.subject,
        text=message.text,
        html=message.html,
        calendar=message.calendar,
        request_id=message.request_id,
    )


def _call(taken: _Taken, since: datetime) -> Accepted:
    """Call the provider; after a doubt, ask it.

    Raises:
        Refused: it was certainly not taken.
        Ambiguous: nobody knows.
    """
    try:
        return taken.provider.send(taken.outgoing)
    except Refused:
        raise
    except Ambiguous as doubt:
        found = _ask(taken, since)
        if found is None:
            raise
        log.info("message_found", message_id=taken.message.id, why=doubt.why)
        return found
    except Exception as error:
        # A provider's own mistake: how far it came nobody knows. Its text may hold a number.
        log.error(  # noqa: TRY400
            "provider_error", message_id=taken.message.id, error=type(error).__name__
        )
        raise Ambiguous("provider_error") from error


def _ask(taken: _Taken, since: datetime) -> Accepted | None:
    try:
        return taken.provider.ask(taken.outgoing, since)
    except Exception as error:  # noqa: BLE001 - asking is a courtesy; the doubt remains
        log.warning("ask_failed", message_id=taken.message.id, error=type(error).__name__)
        return None


def _accept(conn: Connection, taken: _Taken, accepted: Accepted) -> str:
    now = clock.now()
    message, tries = taken.message, taken.outgoing.tries
    if store.accepted(conn, message.id, tries, accepted.state, accepted.provider_id, now):
        return _logged(message, accepted.state, None, taken.provider.name)
    update = DeliveryUpdate(state=accepted.state, provider_id=accepted.provider_id, tries=tries)
    return routing.settle(conn, message.id, update, now)


def _record(act: Callable[[Connection], str]) -> str:
    """Do `act` in a transaction, again and again while the database is away for a moment."""
    for pause in _RECORD_PAUSES:
        try:
            with transaction() as conn:
                return act(conn)
        except psycopg.OperationalError as error:
            log.warning("record_again", error=type(error).__name__)
            time.sleep(pause)
    with transaction() as conn:
        return act(conn)


def _logged(message: store.Message, outcome: str, why: str | None, provider: str = "") -> str:
    log.info(
        "message",
        message_id=message.id,
        case_id=message.case_id,
        request_id=message.request_id,
        channel=message.channel,
        provider=provider or message.provider,
        outcome=outcome,
        why=why,
    )
    return outcome

"""The outbox: takes messages, hands them to their providers, records what became of them.

Three short acts. `take` is a transaction that looks at everything once more: whoever committed
before it (a delivery, an acknowledgement, an opt-out) wins. `call` asks the provider and holds no
connection, no transaction and no lock. `record` finds each message by its try, so that what is
recorded late never overwrites what is known better.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

import psycopg
import structlog

from app import clock
from app.channels import (
    deciding,
    endpoints,
    gathering,
    leaving,
    piled,
    queue_store,
    routing,
    rules,
    store,
    voice,
)
from app.channels.deciding import Call, Later
from app.channels.providers.base import Accepted, Ambiguous, Refused
from app.channels.queue_store import Acceptance
from app.channels.routing import DeliveryUpdate
from app.channels.states import NotSent
from app.channels.store import Message
from app.db.connection import Connection, connection, transaction

log = structlog.get_logger(__name__)

_NOT_SETTLED = "not_settled"
_MANY = 40  # as many messages as two or three pages hold
_STALE_AT_ONCE = 100  # one second's work; the next second takes the next

Answer = Accepted | DeliveryUpdate


def next_due(conn: Connection) -> datetime | None:
    """When the next message wants to be sent; None when nothing waits."""
    return queue_store.next_due(conn)


class Batch(NamedTuple):
    """What a take found: the calls to make, and what became of messages that need none."""

    calls: list[Call]
    settled: list[str]

    @property
    def found(self) -> int:
        """How many messages there were."""
        return len(self.calls) + len(self.settled)


def channels_waiting(conn: Connection) -> list[str]:
    """The channels by which messages wait, due or not."""
    return queue_store.channels_waiting(conn)


def take(channel: str, room: int, *, away: bool = False) -> Batch:
    """Take the next messages of a channel, at most `room`; those that need no call are settled.

    With `away` the channel's provider is known not to answer: nothing is called, what has a
    fallback goes that way, and the rest waits.

    Raises:
        psycopg.OperationalError: the database is away; nothing is lost.
    """
    updates: list[tuple[int, DeliveryUpdate]] = []
    calls: list[Call] = []
    settled: list[str] = []
    held_up: list[int] = []
    with transaction() as conn:
        now, since = clock.now(), clock.machine_now()
        due = queue_store.read_due(conn, queue_store.lock_due(conn, channel, now, room))
        gathered = gathering.gather(conn, due, now)
        due = gathered.due
        merged = piled.merge(conn, due, now)
        due = merged.due
        settled += ["in_bundle"] * (gathered.together + merged.together)
        closed = deciding.closed(conn, due, channel, now)
        if due and channel == "voice":
            due = voice.as_spoken(conn, due, now)
        addresses = endpoints.addresses(conn, [one.message for one in due])
        for one in due:
            never = closed.get(one.message.id)
            address = addresses.get(one.message.recipient, "")
            if endpoints.is_one(one.message) and not address:
                never = NotSent.ENDPOINT_GONE
            unwanted = gathered.unwanted.get(one.message.id)
            match unwanted or deciding.decide(one, address, now, since, never=never, away=away):
                case Call() as call:
                    calls.append(call)
                case DeliveryUpdate() as update:
                    # It needs the case's lock, which comes before the message's: see below.
                    updates.append((one.message.id, update))
                case Later(at, outcome, why):
                    store.requeue(conn, one.message.id, at, why)
                    if why == NotSent.PROVIDER_AWAY and leaving.is_held_up(one.message, now):
                        held_up.append(one.message.id)
                    settled.append(_logged(one.message, outcome, why))
                case NotSent() as why:
                    store.finish(conn, one.message.id, "suppressed", why, None, now)
                    settled.append(_logged(one.message, "suppressed", why))
        if calls:
            queue_store.sending(
                conn, [(c.message.id, c.chosen.provider.name) for c in calls], since
            )
    _hold_up(held_up)
    return Batch(calls, settled + _settle_all(updates))


def _hold_up(message_ids: Sequence[int]) -> None:
    """Let somebody else hear of each; what fails here is seen again at the next take."""
    for message_id in message_ids:
        try:
            with transaction() as conn:
                routing.held_up(conn, message_id, clock.now())
        except psycopg.OperationalError as error:
            log.warning("hold_up_again", message_id=message_id, error=type(error).__name__)


def _settle_all(updates: Sequence[tuple[int, DeliveryUpdate]]) -> list[str]:
    """Settle each; what cannot be settled still waits, and is taken again.

    The calls of the same take are on record as begun: whatever fails here, they must be made.
    """
    settled = []
    for message_id, update in updates:
        try:
            settled.append(_settle(message_id, update))
        except psycopg.OperationalError as error:
            log.warning("settle_again", message_id=message_id, error=type(error).__name__)
    return [outcome for outcome in settled if outcome != _NOT_SETTLED]


def call(call: Call) -> Answer:
    """Call the provider; after a doubt, ask it. Never call this inside a transaction."""
    tries = call.outgoing.tries
    try:
        return call.chosen.carrier.send(call.outgoing)
    except Refused as refusal:
        return DeliveryUpdate(
            state="failed", why=refusal.why, temporary=not refusal.permanent, tries=tries
        )
    except Ambiguous as doubt:
        found = _ask(call)
        if found is not None:
            log.info("message_found", message_id=call.message.id, why=doubt.why)
            return found
        return DeliveryUpdate(state="unknown", why=doubt.why, tries=tries)
    except Exception as error:  # noqa: BLE001 - a provider's own mistake must not stop its lane
        # How far it came nobody knows. The error's text may hold a number.
        log.error(  # noqa: TRY400
            "provider_error", message_id=call.message.id, error=type(error).__name__
        )
        return DeliveryUpdate(state="unknown", why=NotSent.PROVIDER_ERROR, tries=tries)


def record(answers: Sequence[tuple[Call, Answer]]) -> list[str]:
    """Record what the providers said; for each what became of it, in the words of `settle`.

    Recording twice is recording once. What cannot be recorded is settled as unknown later.

    Raises:
        psycopg.OperationalError: the database is away; record all of them again.
    """
    accepted = sorted(  # who takes back what a case wrote locks the oldest first, too
        Acceptance(call.message.id, call.outgoing.tries, answer.state, answer.provider_id)
        for call, answer in answers
        if isinstance(answer, Accepted)
    )
    recorded: set[int] = set()
    if accepted:
        try:
            for part in _in_halves(accepted):
                recorded |= queue_store.accepted(connection(), part, clock.now())
        except psycopg.OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - one of them is odd: each by itself
            log.error("record_failed", calls=len(accepted), error=type(error).__name__)  # noqa: TRY400
    return [_one(call, answer, recorded) for call, answer in answers]


def _in_halves(accepted: list[Acceptance]) -> Iterator[list[Acceptance]]:
    """Of many every other message at once: neighbours stand on one page.

    What is written again wants its room once more on its page until the commit; the second half
    takes what the first has left. What has no room there is written into every index anew.
    """
    if len(accepted) < _MANY:
        yield accepted
        return
    for half in (0, 1):
        yield [one for one in accepted if one.message_id % 2 == half]


def _one(call: Call, answer: Answer, recorded: set[int]) -> str:
    if isinstance(answer, Accepted):
        if call.message.id in recorded:
            return _logged(call.message, answer.state, None, call.chosen.provider.name)
        answer = DeliveryUpdate(
            state=answer.state, provider_id=answer.provider_id, tries=call.outgoing.tries
        )
    return _settle(call.message.id, answer)


def _settle(message_id: int, update: DeliveryUpdate) -> str:
    """Settle in a transaction of its own; a fault of ours must not take other messages with it.

    Raises:
        psycopg.OperationalError: the database is away.
    """
    try:
        with transaction() as conn:
            return routing.settle(conn, message_id, update, clock.now())
    except psycopg.OperationalError:
        raise
    except Exception as error:  # noqa: BLE001 - its text may hold a number
        log.error("settle_failed", message_id=message_id, error=type(error).__name__)  # noqa: TRY400
        return _NOT_SETTLED


def settle_stale(conn: Connection | None = None) -> int:
    """Settle what nobody is going to tell any more; how many there were.

    What a killed process left in `sending` becomes unknown; how long ago the call began is measured
    in machine time. Costs a look into two small indexes when there is nothing to do.
    """
    conn = conn or connection()
    before = clock.machine_now() - rules.STALE_AFTER
    rows = queue_store.stale(conn, before, _STALE_AT_ONCE)
    for message_id, tries in rows:
        _settle(message_id, DeliveryUpdate(state="unknown", why=NotSent.INTERRUPTED, tries=tries))
    rung = voice.untold(conn, _STALE_AT_ONCE)
    for message_id, provider in rung:
        update = DeliveryUpdate(state="failed", why=NotSent.NO_ANSWER, provider=provider)
        _settle(message_id, update)
    return len(rows) + len(rung)


def _ask(call: Call) -> Accepted | None:
    try:
        return call.chosen.carrier.ask(call.outgoing, call.since)
    except Exception as error:  # noqa: BLE001 - asking is a courtesy; the doubt remains
        log.warning("ask_failed", message_id=call.message.id, error=type(error).__name__)
        return None


def _logged(message: Message, outcome: str, why: str | None, provider: str = "") -> str:
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

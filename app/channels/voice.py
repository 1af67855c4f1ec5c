"""What only calls by voice need: they ring for a while, and may be taken back meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from app import clock
from app.channels import endpoints, providers, routing, rules, voice_store
from app.channels.providers.base import Recalling
from app.channels.queue_store import Due
from app.channels.store import Message
from app.channels.voice_store import Recall
from app.db.connection import Connection, connection

_AT_ONCE = 100


def untold(conn: Connection, most: int) -> list[tuple[int, str]]:
    """Calls whose end nobody told, though it is long ago: `(message_id, provider)`."""
    carried = [p for p in providers.registered() if "voice" in p.channels]
    now = clock.now()
    ends = {provider.name: now - provider.calls_end for provider in carried}
    return voice_store.ringing(conn, ends, most)


def too_often(conn: Connection, due: Sequence[Message], now: datetime) -> set[int]:
    """Those of the calls that are due whose number has been rung enough for now, by id.

    A call to the last level is counted and never among them: after it nobody is called.
    """
    voice_store.alone(conn)
    numbers = sorted({message.recipient for message in due})
    rung = voice_store.rung(conn, numbers, now - rules.CALLS_LOOK_BACK, now)
    held = set()
    for message in due:
        if message.must_ring or rules.may_ring(rung[message.recipient], now):
            rung[message.recipient].append(now)
        else:
            held.add(message.id)
    return held


Compose = Callable[[Connection, Sequence[Message], datetime], Mapping[int, str]]
"""Says what calls to customers say now, by their messages' ids."""

_compose: list[Callable[[], Compose]] = []


def composed_by(loader: Callable[[], Compose]) -> None:
    """Say who writes calls to customers; loaded when the first one leaves."""
    _compose[:] = [loader]


def as_spoken(conn: Connection, due: list[Due], now: datetime) -> list[Due]:
    """Let calls to customers say how things are at this moment."""
    theirs = [one.message for one in due if one.message.audience == "customer"]
    if not theirs or not _compose:
        return due
    words = _compose[0]()(conn, theirs, now)
    return [
        replace(one, message=replace(one.message, spoken=words[one.message.id]))
        if one.message.id in words
        else one
        for one in due
    ]


def to_recall() -> list[Recall]:
    """The calls and alarms that should ring no more, each once.

    Raises:
        psycopg.OperationalError: the database is away.
    """
    return voice_store.recalls(connection(), _AT_ONCE)


def recall(call: Recall) -> None:
    """Let a call ring no more, or an alarm end. Never call this inside a transaction."""
    chosen = providers.named(call.channel, call.recipient, call.provider)
    if chosen is None:
        return
    address = ""
    if chosen.provider.many_hosts:
        address = endpoints.address(connection(), call.recipient)
    if isinstance(chosen.carrier, Recalling) and not chosen.carrier.recall(
        call.provider_id, address
    ):
        voice_store.recall_again(connection(), call.message_id)


def pressed(conn: Connection, message_id: int, now: datetime) -> None:
    """A person acted in this call: it has arrived, and no other way is needed."""
    routing.settle(conn, message_id, routing.DeliveryUpdate(state="delivered"), now)

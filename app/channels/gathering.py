"""What is said to one person by one channel within some minutes leaves as one message.

Somebody who is called is called at once; what follows within the policy's minutes waits until they
are over. Whatever is due to a person at that moment is put together: one new message stands for
all of it. What it says is worked out when it leaves, from what is still open then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from app import languages
from app.chain import wake
from app.channels import gathering_store, queue_store, rules
from app.channels.gathering_store import Turn
from app.channels.queue_store import Due
from app.channels.service import Draft
from app.channels.states import NotSent
from app.db.connection import Connection, after_commit

TOPIC = "bundle"
"""The topic of messages that stand for several."""


class Words(NamedTuple):
    """What a message that stands for several says."""

    subject: str
    text: str
    spoken: str | None = None
    hint: str | None = None
    """How to answer it by a text message."""


class Bundle(NamedTuple):
    """A message to a person, and the idempotency keys of what it stands for."""

    id: int
    channel: str
    person_id: int
    keys: Sequence[str]
    language: str
    """The code of what the person reads."""


Compose = Callable[[Connection, Bundle], Words | None]
"""Says what a bundle says now; None when nothing of it is wanted any more."""

_compose: list[Callable[[], Compose]] = []


def composed_by(loader: Callable[[], Compose]) -> None:
    """Say who writes bundles; loaded when the first one leaves."""
    _compose[:] = [loader]


def in_turn(
    conn: Connection, drafts: Sequence[Draft], within: timedelta, now: datetime
) -> list[Draft]:
    """Let these wait until their person may be called again; what cannot wait goes at once.

    Their `not_after` moves with them.
    """
    waiting = {_turn(draft): draft.news_of for draft in drafts if _waits(draft)}
    if not waiting:
        return list(drafts)
    turns = gathering_store.turns(conn, waiting, within, now)
    return [_at(draft, turns[_turn(draft)], now) if _waits(draft) else draft for draft in drafts]


def _waits(draft: Draft) -> bool:
    return bool(draft.gathers and draft.routes and not draft.at_once)


def _turn(draft: Draft) -> Turn:
    return Turn(draft.person_id or 0, draft.routes[0].channel, draft.gathers)


def _at(draft: Draft, due_at: datetime, now: datetime) -> Draft:
    until = draft.not_after and draft.not_after + (due_at - now)
    return replace(draft, due_at=due_at, not_after=until)


class Gathered(NamedTuple):
    """What is due once it was put together: with bundles in place of what they stand for."""

    due: list[Due]
    together: int
    """How many messages are in bundles now."""
    unwanted: dict[int, NotSent]
    """Bundles that nobody needs any more."""


def gather(conn: Connection, due: list[Due], now: datetime) -> Gathered:
    """Put together what is due to one person; call it with the messages locked."""
    groups = _groups(conn, due, now)
    gone: set[int] = set()
    made: list[int] = []
    for members in groups:
        ids = [one.message.id for one in members]
        until = [one.message.not_after for one in members]
        bundle = gathering_store.Bundle(
            ids,
            None if None in until else max(at for at in until if at),
            any(one.message.must_ring for one in members),
        )
        made.append(gathering_store.put_together(conn, bundle, TOPIC, NotSent.IN_BUNDLE, now))
        gone.update(ids)
    left = [one for one in due if one.message.id not in gone]
    if made:
        left += queue_store.read_due(conn, made)
    return _written(conn, left, len(gone))


def _groups(conn: Connection, due: Sequence[Due], now: datetime) -> list[list[Due]]:
    """What is due to the same address of the same person, where it is more than one."""
    first = [one for one in due if one.message.gathers]
    if not first:
        return []
    pairs = {(one.message.person_id or 0, one.message.channel) for one in first}
    known = [one.message.id for one in due]
    further = gathering_store.lock_further(conn, sorted(pairs), known, now)
    groups: dict[tuple[int, str, str], list[Due]] = {}
    for one in [*first, *(queue_store.read_due(conn, further) if further else ())]:
        if _wanted(one, now):
            message = one.message
            key = (message.person_id or 0, message.channel, message.recipient)
            groups.setdefault(key, []).append(one)
    return [members for members in groups.values() if len(members) > 1]


def _wanted(due: Due, now: datetime) -> bool:
    message = due.message
    why = rules.why_not(
        message.needs_case,
        due.case_state or "",
        delivered=due.delivered,
        not_after=message.not_after,
        now=now,
    )
    return due.case_state is not None and why is None


def _written(conn: Connection, due: list[Due], together: int) -> Gathered:
    """Let each bundle say what holds at this moment."""
    bundles = [one.message.id for one in due if one.message.topic == TOPIC]
    if not bundles:
        return Gathered(due, together, {})
    compose = _compose[0]()
    held = gathering_store.members(conn, bundles)
    unwanted: dict[int, NotSent] = {}
    found = []
    for one in due:
        message = one.message
        if message.topic == TOPIC:
            bundle = held[message.id]
            words = compose(
                conn,
                Bundle(
                    bundle.id,
                    message.channel,
                    message.person_id or 0,
                    bundle.keys,
                    message.language,
                ),
            )
            if words is None:
                unwanted[message.id] = NotSent.SUPERSEDED
            else:
                gathering_store.write(conn, message.id, *words)
                one = replace(one, message=replace(message, **words._asdict()))  # noqa: PLW2901
        found.append(one)
    return Gathered(found, together, unwanted)


def call_off(conn: Connection, case_id: int, topic: str, why: str) -> None:
    """Let calls and alarms ring no more that stood for this, where all of them is settled."""
    for message_id in gathering_store.ringing(conn, case_id, topic):
        bundle = Bundle(message_id, "voice", 0, held(conn, message_id), languages.HOUSE)
        if _compose[0]()(conn, bundle) is None:
            gathering_store.recall(conn, message_id, why)
            after_commit(wake.soon)


_SHOWN = 50
"""More than one person still thinks of."""


def texts_to(conn: Connection, person_id: int) -> list[int]:
    """The text messages to somebody that stood for several, the newest first."""
    return gathering_store.of_person(conn, person_id, TOPIC, _SHOWN)


def held(conn: Connection, message_id: int) -> Sequence[str]:
    """The idempotency keys of what a message stands for; none of one that is no bundle."""
    return gathering_store.members(conn, [message_id])[message_id].keys

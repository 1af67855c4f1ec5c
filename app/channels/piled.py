"""What piled up for a customer in quiet hours leaves as one message when they end.

One of them goes and says all of it; what only said how things stood is left out where
something later, or something that matters more, is said too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from app.cases.timeline.kinds import Topic
from app.channels import piled_store, queue_store, rules
from app.channels.queue_store import Due
from app.channels.states import NotSent
from app.db.connection import Connection
from app.locality import quiet

PASSING = frozenset({Topic.REMINDER, Topic.NEWS, Topic.NOBODY, Topic.STALLED, Topic.DECIDING})
"""What is true for the moment only; the next word replaces it."""
PERSONS = frozenset({"shipper", "written"})
"""What a person wrote: each of it is said."""
_JUST_WOKEN = timedelta(minutes=30)


class Merged(NamedTuple):
    """What is due once it was put together, and how many messages go in another one."""

    due: list[Due]
    together: int


def merge(conn: Connection, due: list[Due], now: datetime) -> Merged:
    """Put together what waited for the same morning; call it with the messages locked."""
    woken = [one for one in due if _woken(one, now)]
    if not woken:
        return Merged(due, 0)
    known = [one.message.id for one in due]
    further = piled_store.lock_further(conn, [one.message.id for one in woken], known, now)
    groups: dict[tuple[int, str, str], list[Due]] = {}
    beside = queue_store.read_due(conn, further) if further else []
    for one in [*woken, *(one for one in beside if _woken(one, now))]:
        message = one.message
        groups.setdefault((message.case_id, message.channel, message.recipient), []).append(one)
    gone: set[int] = set()
    said: dict[int, Due] = {}
    for members in groups.values():
        if len(members) > 1:
            one = _write(conn, sorted(members, key=lambda one: one.message.id))
            gone.update({m.message.id for m in members} - {one.message.id})
            said[one.message.id] = one
    if gone:
        piled_store.together(conn, sorted(gone), NotSent.IN_BUNDLE, now)
    kept = {one.message.id: one for one in due if one.message.id not in gone} | said
    return Merged(list(kept.values()), len(gone))


def _woken(one: Due, now: datetime) -> bool:
    """Whether it is a customer's, still wanted, and their quiet hours have just ended."""
    message = one.message
    if message.audience != "customer" or not message.quiet_hours or one.case_state is None:
        return False
    why = rules.why_not(
        message.needs_case,
        one.case_state,
        delivered=one.delivered,
        not_after=message.not_after,
        now=now,
    )
    try:
        slept = quiet.until(now - _JUST_WOKEN, message.quiet_hours) is not None
        return why is None and slept and quiet.until(now, message.quiet_hours) is None
    except (KeyError, ValueError):  # whoever sends it says so
        return False


def _write(conn: Connection, members: Sequence[Due]) -> Due:
    """Let the last of those that are worth saying say all of it."""
    kept = [members[place] for place in worth_saying([one.message.topic for one in members])]
    last = kept[-1]
    between = "\n" if last.message.channel == "sms" else "\n\n"
    text = between.join(dict.fromkeys(one.message.text for one in kept))
    calendar = next((m.message.calendar for m in reversed(kept) if m.message.calendar), None)
    if len(kept) > 1:
        piled_store.say(conn, last.message.id, text, calendar)
    return replace(last, message=replace(last.message, text=text, calendar=calendar))


def worth_saying(topics: Sequence[str]) -> list[int]:
    """Which of these, oldest first, are still worth saying: by their places.

    Of the same topic the newest: a parcel that was lost meanwhile is not to be chosen for.
    """
    newest = {topic: place for place, topic in enumerate(topics)}
    lasting = [
        place
        for place, topic in enumerate(topics)
        if topic in PERSONS or (newest[topic] == place and topic not in PASSING)
    ]
    return lasting or [len(topics) - 1]

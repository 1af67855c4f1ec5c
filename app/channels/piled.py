"""What piled up for a customer, in quiet hours or an outage, leaves as one message when they end.

One of them goes and says all of it; what only said how things stood is left out where
something later, or something that matters more, is said too. What says an hour that has passed
meanwhile says first that it comes late.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from app import languages
from app.cases.timeline.kinds import Topic
from app.channels import leaving, piled_store, queue_store, rules, store
from app.channels.queue_store import Due
from app.channels.states import NotSent
from app.db.connection import Connection
from app.languages.language import mark
from app.locality import quiet
from app.promises import service as promises

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
    """Put together what waited for the same moment; call it with the messages locked."""
    waited = [one for one in due if _waited(one, now)]
    if not waited:
        return Merged(due, 0)
    known = [one.message.id for one in due]
    further = piled_store.lock_further(conn, [one.message.id for one in waited], known, now)
    groups: dict[tuple[int, str, str], list[Due]] = {}
    beside = queue_store.read_due(conn, further) if further else []
    for one in [*waited, *(one for one in beside if _waited(one, now))]:
        message = one.message
        groups.setdefault((message.case_id, message.channel, message.recipient), []).append(one)
    gone: set[int] = set()
    said: dict[int, Due] = {}
    late = _late(conn, [one for members in groups.values() for one in members], now)
    for members in groups.values():
        comes_late = any(one.message.id in late for one in members)
        if len(members) > 1 or comes_late:
            one = _write(conn, sorted(members, key=lambda one: one.message.id), late=comes_late)
            gone.update({m.message.id for m in members} - {one.message.id})
            said[one.message.id] = one
    if gone:
        piled_store.together(conn, sorted(gone), NotSent.IN_BUNDLE, now)
    kept = {one.message.id: one for one in due if one.message.id not in gone} | said
    return Merged(list(kept.values()), len(gone))


def _waited(one: Due, now: datetime) -> bool:
    """Whether it is a customer's, still wanted, and could not leave until just now."""
    message = one.message
    if message.audience != "customer" or one.case_state is None:
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
        awake = quiet.until(now, message.quiet_hours) is None
    except (KeyError, ValueError):  # whoever sends it says so
        return False
    return why is None and awake and (slept or leaving.is_held_up(message, now))


def _late(conn: Connection, waited: Sequence[Due], now: datetime) -> set[int]:
    """The ids of messages that were held up beyond an hour that stood when they were written."""
    held = [one.message for one in waited if leaving.is_held_up(one.message, now)]
    written = {one.id: (one.case_id, one.created_at) for one in held}
    return promises.passed_since(conn, written, now) if written else set()


def _write(conn: Connection, members: Sequence[Due], *, late: bool) -> Due:
    """Let the last of those that are worth saying say all of it; it can be answered.

    A text that is put together no provider knows; a single one stays what it is.
    """
    kept = [members[place] for place in worth_saying([m.message.topic for m in members], late=late)]
    lasting = [one for one in kept if one.message.topic not in PASSING]
    last = (lasting or kept)[-1]
    between = "\n" if last.message.channel == "sms" else "\n\n"
    text = between.join(dict.fromkeys(one.message.text for one in kept))
    sorry = languages.get(last.message.language).say(_LATE)
    if late and not text.startswith(sorry):
        text = f"{sorry} {text}"
    calendar = next((m.message.calendar for m in reversed(kept) if m.message.calendar), None)
    message = replace(last.message, text=text, calendar=calendar)
    if len(kept) > 1:
        piled_store.say(conn, message.id, text, calendar)
        return replace(last, message=message, templates=None, made_of=None)
    if text != last.message.text:
        store.say(conn, message.id, text)
    return replace(last, message=message)


_LATE = mark("This comes later than it should, and an hour in it may have passed:")


def worth_saying(topics: Sequence[str], *, late: bool = False) -> list[int]:
    """Which of these, oldest first, are still worth saying: by their places.

    Of the same topic the newest: a parcel that was lost meanwhile is not to be chosen for. What
    comes late says how things stand now as well.
    """
    newest = {topic: place for place, topic in enumerate(topics)}
    end = len(topics) - 1
    lasting = [
        place
        for place, topic in enumerate(topics)
        if topic in PERSONS or (newest[topic] == place and topic not in PASSING)
    ]
    return sorted({*lasting, end}) if late or not lasting else lasting

"""What an address of the console asks for, and the addresses that ask for it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from flask import request, session

from app import clock
from app.access import links
from app.access.keys import caller
from app.access.session import signed_in
from app.db.connection import Connection
from app.dispatch import queue_store as queue

AWAY = timedelta(minutes=10)
"""Whoever has not looked for so long is told what happened meanwhile."""
_MINUTE = timedelta(minutes=1)
_QUEUE, _SEEN = "queue", "seen"
_MANY = 9_223_372_036_854_775_807


def wanted() -> queue.Wanted:
    """Which part of the queue is asked for."""
    names = ("tab", "depot", "kind", "courier", "q")
    said = {name: request.values.get(name, "")[:100].replace("\0", "") for name in names}
    said["q"] = " ".join(said["q"].split())
    tab = said.pop("tab")
    return queue.Wanted(**said, tab=tab if tab in queue.TABS else "open", depots=caller().depots)


def ids(texts: list[str]) -> list[int]:
    """The ids among these texts, each once, no more than a page has."""
    found = [int(t) for t in texts if t.isascii() and t.isdigit() and len(t) < 20]
    return list(dict.fromkeys(i for i in found if i <= _MANY))[: queue.PAGE]


def asked_cursor() -> str:
    """Behind which row the page begins, as the address says it."""
    return request.args.get("cursor", "")[:60]


def cursor(text: str) -> tuple[str, int]:
    """A cursor as it stands in an address; one that cannot be read is the first page."""
    place, _, number = text.partition("_")
    found = ids([number])
    return (place, found[0]) if found and _is_place(place) else queue.START


def _is_place(text: str) -> bool:
    """Whether it is a time as the database writes it, or the end of all times."""
    text = text.removeprefix(queue.IS_NOBODY)
    if text == "infinity":
        return True
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def still_here(newest: int, now: datetime) -> None:
    """Somebody looks on; remembered once a minute."""
    seen = session.get(_SEEN)
    if seen and now - datetime.fromisoformat(seen[1]) >= _MINUTE:
        session[_SEEN] = [newest, now.isoformat()]


def been_away(newest: int, now: datetime) -> tuple[int, datetime] | None:
    """Up to which task somebody had seen the queue, and when; None unless they come after a while.

    From now on they have seen it up to `newest`.
    """
    seen = session.get(_SEEN)
    session[_SEEN] = [newest, now.isoformat()]
    if not seen:
        return None
    left = datetime.fromisoformat(seen[1])
    return (int(seen[0]), left) if now - left >= AWAY else None


class Beside(NamedTuple):
    """Where the queue goes on from a case's page; empty where it ends."""

    before: str
    after: str
    queue: str


def look_at(part: queue.Wanted) -> None:
    """Remember which part of the queue somebody looks at, for the way from case to case."""
    if not part.q:
        said = {"tab": part.tab, "depot": part.depot, "kind": part.kind, "courier": part.courier}
        if session.get(_QUEUE) != said:
            session[_QUEUE] = said


def beside(conn: Connection, task_id: int, person_id: int) -> Beside | None:
    """The case before and the one after, for whoever came from their own console."""
    if _QUEUE not in session:
        return None
    here = signed_in()
    if here is None or here.person_id != person_id or not here.may("dispatcher"):
        return None
    part = queue.Wanted(**session[_QUEUE], depots=here.depots)
    found = queue.beside(conn, part, here.name, clock.now(), task_id)
    before, after = ("/t/" + links.make("task", at, person_id) if at else "" for at in found)
    return Beside(before, after, address(part))


def address(part: queue.Wanted, **more: object) -> str:
    """Where this part of the queue is shown."""
    facts = {**asdict(part), **more, "depots": None}  # whoever asks brings their own
    query = urlencode({name: value for name, value in facts.items() if value}, doseq=True)
    return f"/console?{query}"


def live(part: queue.Wanted, after: int, shown: list[int]) -> str:
    """Where its news are, for somebody who sees these rows."""
    facts = {**asdict(part), "after": after, "shown": ",".join(map(str, shown))}
    del facts["depots"]
    return f"/console/live?{urlencode(facts, safe=',')}"

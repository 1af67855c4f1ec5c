"""What an address of the console asks for, and the addresses that ask for it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from urllib.parse import urlencode

from flask import request

from app.access.keys import caller
from app.dispatch import queue_store as queue

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

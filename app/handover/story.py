"""What still has to be told to couriers for a case, in words for `reknock why`."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from app.db.connection import Connection
from app.handover import acts_store as acts
from app.handover import connectors
from app.plain import counted

_DOES = {
    "push": "tell {} of the booking",
    "withdraw": "withdraw the former booking at {}",
    "correct": "pass the correction on to {}",
    "can": "ask {} which days it offers",
}


class Line(NamedTuple):
    """Something that is due at a courier."""

    at: datetime
    text: str


def waiting(conn: Connection, case_id: int) -> list[Line]:
    """What is due, soonest first; with the key by which the courier knows it."""
    return [
        Line(act["due_at"], _words(act))
        for act in acts.of_case(conn, case_id)
        if act["state"] in {"waiting", "calling"}
    ]


def _words(act: dict[str, object]) -> str:
    text = _DOES[str(act["act"])].format(connectors.title(str(act["connector"])))
    if act["pushed"]:
        text = f"ask {connectors.title(str(act['connector']))} what became of the booking"
    details = [f"key {act['key']}"] if act["key"] else []
    if act["ref"]:
        details.append(f"reference {act['ref']}")
    if act["tries"]:
        details.append(counted(int(str(act["tries"])), "try", "tries"))
    if act["why"]:
        details.append(f"last: {act['why']}")
    return f"{text} ({', '.join(details)})" if details else text

"""What a shipper's own system answers when it is asked to grant a gesture.

A bare 2xx says that the event arrived and nothing more: an endpoint that only writes down what it
hears must not give anything away. Its words say it: `{"granted": true, "code": "…"}`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from app import json_body
from app.db.connection import transaction
from app.errors import Problem
from app.gestures import service, store
from app.gestures.model import State

_LONGEST = 100
"""Characters of a code."""


class Said(NamedTuple):
    """That a gesture is granted, with its code if it needs one; or that it is refused."""

    granted: bool
    code: str


def read(text: str) -> Said | None:
    """What an answer says; None when it says nothing of a gesture."""
    try:
        body: Any = json_body.parse(text.encode())
    except (json_body.NotJson, json_body.TooMuchJson):
        return None
    if not isinstance(body, dict) or not isinstance(body.get("granted"), bool):
        return None
    code = body.get("code", "")
    if not isinstance(code, str) or len(code) > _LONGEST or not code.isprintable():
        return None
    return Said(body["granted"], code.strip())


def answered(gesture_id: int, shipper_id: int, text: str, now: datetime) -> None:
    """Do what the answer of this shipper's system says; twice is once, and too late is too late."""
    said = read(text)
    if said is None:
        return
    with transaction() as conn:
        known = store.find(conn, gesture_id)
        if known is None or known.shipper_id != shipper_id:
            return
        state = State.MADE if said.granted else State.REFUSED
        try:
            service.settle(conn, gesture_id, state, "shipper", now, code=said.code)
        except Problem as problem:
            if problem.status != 409:
                raise

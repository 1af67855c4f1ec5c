"""Who is invited to recommend a shipper: a happy customer, once, where the shipper wishes it."""

from __future__ import annotations

from datetime import datetime

from app.cases.model import Case
from app.customer import store
from app.db.connection import Connection
from app.gestures import keys

HAPPY = 4
"""From this score on somebody is happy: of five, "satisfied" are the upper two."""


def invite(conn: Connection, case: Case, score: int, now: datetime) -> None:
    """Invite who has rated so, if they are happy and no parcel of theirs has led to it before.

    Two that come at the same moment write the same keys: one of them invites.
    """
    if score >= HAPPY and case.shipper.brand.recommend:
        store.invite(conn, case.shipper_id, keys.of(case), case.id, now)

"""Verbs on how long a shipper's customers are remembered. In the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from psycopg.types.json import Jsonb

from app.db.connection import Connection
from app.directory.changes import By, record
from app.forgetting import kinds
from app.forgetting.kinds import (
    BODIES,
    CONTACTS,
    KINDS,
    LEAST_DAYS,
    MOST_DAYS,
    PERSON,
    PHOTOS,
    WORDS,
)
from app.languages.language import mark
from app.languages.sentence import again, sentence
from app.managing import brands, retention_store
from app.managing.faults import wrong_fields

NAMES = {
    BODIES: mark("Couriers’ webhooks, and messages as mail and speech"),
    PHOTOS: mark("Photos"),
    WORDS: mark("What was written to customers and by them"),
    CONTACTS: mark("Names, numbers and addresses"),
    PERSON: mark("Everything else about the customer"),
}
"""As the page and the memory of changes call them."""


def put(
    conn: Connection, who: By, slug: str, given: Mapping[str, int | None], now: datetime
) -> bool:
    """Let kinds of data be kept for so many days; None: as everywhere here. False: it is so.

    Raises:
        Problem: 404 no such shipper; 422 with what is wrong by field.
    """
    shipper = brands.find(conn, slug)
    before = retention_store.read(conn, slug)
    after = {k: days for k in KINDS if (days := given.get(k, before.get(k))) is not None}
    if faults := _faults(after):
        raise wrong_fields("retention_unusable", faults)
    retention_store.write(conn, slug, Jsonb(after))
    was, becomes = _facts(before), _facts(after)
    return record(conn, who, "retention", (shipper.id, shipper.name), None, was, becomes, now)


def _faults(days: Mapping[str, int]) -> dict[str, str]:
    wrong = {
        kind: sentence(
            "Whole days from {least} to {most}, please; 0 keeps it for good.",
            least=LEAST_DAYS[kind],
            most=MOST_DAYS,
        )
        for kind, number in days.items()
        if number and not LEAST_DAYS[kind] <= number <= MOST_DAYS
    }
    return wrong or {
        kind: sentence(
            "No longer than “{other}”, please, which it is part of. That is: {days} days.",
            other=partial(again, said=NAMES[other]),
            days=days[other],
        )
        for kind, other in kinds.contradictions(days).items()
    }


def _facts(days: Mapping[str, int]) -> dict[str, str]:
    return {NAMES[kind]: str(number) for kind, number in days.items()}

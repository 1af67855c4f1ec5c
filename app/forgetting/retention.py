"""What is old and settled goes, kind by kind, after as many days as its shipper says; proofs stay.

What couriers posted, the nicer forms of messages and photos are walked by themselves; words,
contacts and the customer as a whole by parcel. Nothing goes of a case that is open or disputed,
nor what is in quarantine. Each batch is a transaction of its own and goes on from where the last
one ended, so that a clock may die at any moment. What happened and when stays: figures do not
change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import orjson

from app import clock
from app.access import pseudonyms
from app.db import turns
from app.db.connection import Connection, transaction
from app.directory.changes import ITSELF
from app.forgetting import finding_store, forgetting, kinds, proofs_store, service
from app.forgetting import retention_store as store
from app.forgetting.kinds import CONTACTS, PERSON, WORDS, Days, House, Row
from app.forgetting.proofs_store import Proof
from app.forgetting.retention_store import Table

AT_ONCE = 1000
"""So many rows are looked at in one transaction."""
PARCELS_AT_ONCE = 100
_GOES = {WORDS: (WORDS,), CONTACTS: (WORDS, CONTACTS), PERSON: ()}
"""With each kind the ones that it tells of."""
_LOCK = 7_405_666  # one process at a time


def make_room(days: Days) -> None:
    """Let all go that has been kept for so many days."""
    while make_some_room(days):
        pass


def make_some_room(days: Days) -> bool:
    """Let a batch go of what has been kept for so many days, by kind; True: there may be more."""
    more = [_some(table, days, AT_ONCE, _drop) for table in store.COPIES]
    return any([*more, _some(store.PARCELS, days, PARCELS_AT_ONCE, _forget)])


def _some(
    table: Table,
    days: Days,
    limit: int,
    act: Callable[[Connection, Table, House, Sequence[int], datetime], None],
) -> bool:
    """Look at what was passed by and is due now, and go on with the walk."""
    now = clock.now()
    with transaction() as conn:
        if not turns.try_lock(conn, _LOCK):
            return False
        house = store.house(conn, days)
        limits = house.by_shipper(_GOES if table is store.PARCELS else (table.kind,))
        youngest = min({one for said in limits.values() for one in said.values()} - {0}, default=0)
        if not youngest:
            return False
        after = store.begin(conn, table, orjson.dumps(limits).decode())
        due = store.take_due(conn, table, now, limit)
        walked = store.next_ids(conn, table, after, now - timedelta(days=youngest), limit)
        if due or walked:
            act(conn, table, house, sorted({*due, *walked}), now)
        if walked:
            store.go_on(conn, table, walked[-1])
    return limit in {len(due), len(walked)}


def _drop(conn: Connection, table: Table, house: House, ids: Sequence[int], now: datetime) -> None:
    """Let go of the copies among these that are due."""
    goes: dict[tuple[int | None, int], list[int]] = defaultdict(list)
    later = []
    for row in store.read(conn, table, ids):
        days = house.of(row.shipper_id)[table.kind]
        look = kinds.look_again(row, days, now)
        if look and look <= now:
            goes[row.shipper_id, days].append(row.id)
        elif look:
            later.append((row.id, look))
    store.later(conn, table, later)
    for (shipper_id, days), gone in goes.items():
        if rows := store.drop(conn, table, gone):
            parcels = [pseudonyms.of_parcel(*one) for one in store.numbers(conn, table, gone)]
            _prove(conn, _proof(table, shipper_id, days, parcels, rows, now))


def _proof(
    table: Table,
    shipper_id: int | None,
    days: int,
    parcels: Sequence[str],
    rows: int,
    now: datetime,
) -> Proof:
    return Proof(
        id=0,
        at=now,
        by=ITSELF.name,
        asked="",
        subject=_subject(table.kind, days),
        shipper_id=shipper_id,
        parcels=list(parcels),
        contacts=[],
        cases=0,
        closed=0,
        counts={table.name: rows},
        elsewhere={},
        former="",
        hash="",
    )


def _forget(
    conn: Connection, table: Table, house: House, ids: Sequence[int], now: datetime
) -> None:
    """Let go of what is due of these parcels, once nobody else can change them."""
    finding_store.lock(conn, ids)
    goes: dict[tuple[int | None, str, int], list[Row]] = defaultdict(list)
    later = []
    for row in store.read(conn, table, ids):
        days = house.of(row.shipper_id)
        if kind := kinds.strongest(row, days, now):
            goes[row.shipper_id, kind, days[kind]].append(row)
        if look := kinds.next_look(row, days, now):
            later.append((row.id, look))
    store.later(conn, table, later)
    for (shipper_id, kind, number), rows in goes.items():
        parcels = finding_store.by_ids(conn, [row.id for row in rows])
        found = forgetting.Found(_subject(kind, number), frozenset(), parcels, ())
        done = forgetting.forget(conn, found, shipper_id, ITSELF, now, _GOES[kind])
        if done.counts:
            _prove(conn, done)


def _subject(kind: str, days: int) -> str:
    return f"{kind} after {days} days"


def _prove(conn: Connection, done: Proof) -> None:
    service.seal(conn, done, proofs_store.RETENTION, proofs_store.take_turn(conn))

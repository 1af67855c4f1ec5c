"""Verbs of the order gate: take orders in batches, hold a batch, decide about one that is held."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import psycopg
import structlog

from app import clock, json_body
from app.alerts import store as alerts
from app.cases import service as cases
from app.cases import store as case_store
from app.cases.timeline.facts import ContactSupplied
from app.chain import service as chain
from app.db.connection import Connection, connection, transaction
from app.errors import Problem
from app.shipments.orders import rules, store
from app.shipments.orders.rules import Read
from app.shipments.reachable import only_called
from app.shipments.sources import SUPPLY_CONTACT, Supplied
from app.shipments.store import Order

log = structlog.get_logger(__name__)

AT_ONCE = 500
"""Orders in one transaction: about as many locks, held for some tens of milliseconds."""
_KEPT = timedelta(days=30)
_TRIES = 3  # a deadlock's loser, or a connection that went stale, goes again


class Held(NamedTuple):
    """A batch that waits for an operator."""

    batch_id: int
    orders: int
    invalid: int


def read(raw: bytes, *, lines: bool) -> list[Read]:
    """Understand a request's orders; nothing is kept yet.

    Raises:
        Problem: 400, it is not JSON; 413, there are too many.
    """
    given = list(rules.lines(raw)) if lines else json_body.parse(raw)
    if not isinstance(given, list):
        given = [given]
    if len(given) > rules.MOST:
        raise Problem(413, "too_many", f"Send at most {rules.MOST} orders at once.")
    return [rules.read(one) for one in given]


def hold(
    shipper_id: int, by: str, raw: bytes, reads: Sequence[Read], now: datetime, *, lines: bool
) -> Held | bool:
    """Hold the batch if so many of its numbers are invalid that a rule must be wrong.

    If not, False; True when an operator released this very batch with its numbers as they are.
    """
    with transaction() as conn:
        faults = rules.hold(reads, store.hold_share(conn, shipper_id))
        if faults is None:
            return False
        digest = hashlib.sha256(raw).digest()
        batch_id = store.hold(
            conn,
            shipper_id,
            by,
            digest,
            raw,
            lines=lines,
            orders=len(reads),
            faults=dict(faults),
            now=now,
        )
        if batch_id is None:
            same = store.same_batch(conn, shipper_id, digest)
            if same is None or same.state == "released":
                return bool(same and same.as_is)
            return Held(same.id, same.orders, same.invalid)
        facts = {"orders": len(reads), "invalid_numbers": faults.total(), "faults": dict(faults)}
        alerts.begin(conn, "orders_held", f"batch-{batch_id}", facts, now, shipper_id=shipper_id)
    return Held(batch_id, len(reads), faults.total())


def take(
    shipper_id: int, by: str, reads: Sequence[Read], *, as_is: bool = False
) -> Iterator[list[dict[str, Any]]]:
    """Take the orders, some hundred at a time; yields what became of each after its commit.

    Results are as `OrderOut` describes them, in the order of `reads`. With `as_is` an order
    whose only fault is its number is taken too. Orders of parcels whose open cases look for a
    contact wake them.

    Raises:
        psycopg.OperationalError: the database is away; what was yielded is kept, and all of it
            may be sent again.
    """
    counts: Counter[str] = Counter()
    for start in range(0, len(reads), AT_ONCE):
        results = _again_if_broken(shipper_id, by, reads[start : start + AT_ONCE], as_is)
        counts.update(result["status"] for result in results)
        yield results
    log.info("orders", shipper_id=shipper_id, **counts)


def _again_if_broken(
    shipper_id: int, by: str, reads: Sequence[Read], as_is: bool
) -> list[dict[str, Any]]:
    for _ in range(_TRIES - 1):
        try:
            return _take(shipper_id, by, reads, as_is)
        except psycopg.OperationalError as error:
            log.warning("orders_again", error=type(error).__name__)
    return _take(shipper_id, by, reads, as_is)


def _take(shipper_id: int, by: str, reads: Sequence[Read], as_is: bool) -> list[dict[str, Any]]:
    good = [one for one in reads if one.order and (as_is or not one.faults)]
    orders = {o.tracking_number: o for o in rules.merged(one.order for one in good if one.order)}
    known: dict[str, store.Known] = {}
    if orders:
        now = clock.now()
        with transaction() as conn:
            store.lock(conn, shipper_id, list(orders))
            known = {k.tracking_number: k for k in store.known(conn, shipper_id, list(orders), now)}
            if known:
                store.lock_parcels(conn, [k.id for k in known.values()])
                usable = {one.tracking_number for one in good if not one.faults}
                woken = _wake(conn, by, [k for n, k in known.items() if n in usable], orders, now)
                store.renew(conn, [(k.id, orders[n]) for n, k in known.items()], woken, now)
            if new := [order for number, order in orders.items() if number not in known]:
                store.insert(conn, shipper_id, new, now)
    return _results(reads, set(orders), set(known))


def _wake(
    conn: Connection,
    by: str,
    known: Sequence[store.Known],
    orders: dict[str, Order],
    now: datetime,
) -> list[int]:
    """Let open cases that look for a contact go on with the order's; their shipments.

    A number that can only be called is news where there was none to call.
    """
    numbers = {k.case_id: orders[k.tracking_number].phone for k in known if k.case_id}
    if not numbers:
        return []
    found = case_store.lock(conn, [case_id for case_id in numbers if case_id])
    open_cases = [
        case
        for case in found
        if not case.closed
        and case.choose_by
        and not (case.call_only and only_called(numbers[case.id]))
    ]
    other = [c.id for c in open_cases if c.contact_phone and c.contact_phone != numbers[c.id]]
    asking = store.asking(conn, other) if other else set()
    waking = [case for case in open_cases if not case.contact_phone or case.id in asking]
    if waking:
        supplied = ContactSupplied(phone=True, email=False)
        cases.note(conn, [cases.Entry(case.id, supplied, by) for case in waking], now)
        woken = [chain.Happened(case, SUPPLY_CONTACT, Supplied.SUPPLIED) for case in waking]
        chain.follow(conn, woken, now)
    return [case.shipment_id for case in waking]


def _results(reads: Sequence[Read], taken: set[str], known: set[str]) -> list[dict[str, Any]]:
    results = []
    for one in reads:
        result: dict[str, Any] = {"tracking_number": one.tracking_number, "status": "refused"}
        if one.order and one.order.tracking_number in taken:
            number = one.order.tracking_number
            result["status"] = "updated" if number in known else "created"
            known.add(number)
        else:
            result["errors"] = [found._asdict() for found in one.faults]
        results.append(result)
    return results


def release(batch_id: int, *, as_is: bool) -> Iterator[list[dict[str, Any]]]:
    """Take a held batch's orders by the rules, refusing single ones; yields as `take` does.

    Can be stopped and done again: it is decided when the last order is through.

    Raises:
        Problem: 404, there is no such batch; 409, it was decided before.
    """
    batch = _held(batch_id)
    reads = read(batch.body or b"", lines=batch.lines)
    yield from take(batch.shipper_id, batch.sent_by, reads, as_is=as_is)
    _decide(batch, "released", as_is)


def discard(batch_id: int) -> None:
    """Forget a held batch: its sender will send a better one.

    Raises:
        Problem: 404, there is no such batch; 409, it was decided before.
    """
    _decide(_held(batch_id), "discarded", None)


def expire(now: datetime) -> None:
    """Forget batches that nobody decided about in a month: they hold people's addresses."""
    with transaction() as conn:
        for batch_id in store.expire(conn, now - _KEPT, now):
            alerts.end(conn, "orders_held", f"batch-{batch_id}", now)
            log.warning("orders_expired", batch_id=batch_id)


def _held(batch_id: int) -> store.Batch:
    batch = store.batch(connection(), batch_id)
    if batch is None:
        raise Problem(404, "no_such_batch", f"There is no batch {batch_id}.")
    if batch.state != "held":
        raise Problem(409, "decided", f"Batch {batch_id} was {batch.state} before.")
    return batch


def _decide(batch: store.Batch, state: str, as_is: bool | None) -> None:
    now = clock.now()
    with transaction() as conn:
        store.decide(conn, batch.id, state, as_is, now)
        alerts.end(conn, "orders_held", f"batch-{batch.id}", now)
    log.info("orders_decided", batch_id=batch.id, state=state, as_is=as_is)


def counted(results: Iterable[Sequence[dict[str, Any]]]) -> Counter[str]:
    """How many of each status, and of each fault of the refused ones as `field: code`."""
    found: Counter[str] = Counter()
    for result in (one for some in results for one in some):
        found[result["status"]] += 1
        found.update(f"{e['field']}: {e['code']}" for e in result.get("errors", ()))
    return found

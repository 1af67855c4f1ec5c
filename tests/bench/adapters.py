"""(a) What every other courier's webhook costs beside Onfleet's: verified, translated, stored."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from statistics import median

from app.db.connection import transaction
from app.directory import service as directory
from app.intake import accounts, samples, service
from app.intake.couriers import NAMES, _keys
from app.intake.event import Account, Incoming
from tests import seed
from tests.bench.report import Figure, Sample, repeated
from tests.bench.stage import Servers, stage
from tests.intake.couriers.conftest import KeyServer, Sent

EACH = 200
"""Webhooks of each courier in a repeat, in turns, so that what disturbs disturbs all alike."""

_numbers = itertools.count(1)


def figures(servers: Servers) -> Iterator[Figure]:
    with stage(servers, REKNOCK_LOOKUP_ALLOW="127.0.0.1") as here, _keys_served() as keys:
        world = here.world()
        everyone = {name: _account(name, world, keys.address) for name in NAMES}
        keys.publish(*everyone["shipengine"].secrets)
        _cost(everyone, 20)
        got = repeated("adapters", lambda: _cost(everyone, EACH), by=lambda s: s["easypost"])
        _keys.forget()
    onfleet = got["onfleet"]
    fixed = {name: costs for name, costs in got.items() if name not in {"onfleet", "custom"}}
    ratios = {
        name: median(a / b for a, b in zip(costs, onfleet, strict=True))
        for name, costs in fixed.items()
    }
    slowest = max(ratios, key=lambda name: ratios[name])
    note = f"slowest: {slowest}"
    what = "taking a webhook of another courier, beside Onfleet's"
    yield Figure(what, "µs", fixed[slowest], onfleet, at_most=1.5, note=note)
    what = "the same of the `custom` adapter, which is data, not code"
    yield Figure(what, "µs", got["custom"], onfleet)


@contextmanager
def _keys_served() -> Iterator[KeyServer]:
    server = KeyServer()
    thread = threading.Thread(target=server.server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.server.shutdown()
        server.server.server_close()
        thread.join()


def _account(name: str, world: seed.World, address: str) -> Account:
    made = samples.credentials(name)
    with transaction() as conn:
        directory.add_account(
            conn,
            slug=f"bench-{name.replace('_', '-')}",
            courier=name,
            shipper_id=world.shipper_id,
            depot_id=world.depot_id,
            secrets=list(made.secrets),
            headers=made.headers,
            config={"jwks_url": address} if name == "shipengine" else made.config,
            timezone="America/New_York",
            now=datetime.now(UTC),
        )
    accounts.forget()
    account = accounts.find(f"bench-{name.replace('_', '-')}")
    assert account is not None
    return account


def _cost(everyone: dict[str, Account], number: int) -> Sample:
    """Microseconds of a webhook, by courier; the median of `number`."""
    now = datetime.now(UTC)
    ready = [
        (account, Incoming(Sent(headers), {}, raw, now))
        for _ in range(number)
        for account in everyone.values()
        for raw, headers in [samples.failure(account, now, shipment=f"A{next(_numbers)}")]
    ]
    took: dict[str, list[float]] = {name: [] for name in everyone}
    for account, incoming in ready:
        since = time.perf_counter()
        taken = service.receive(account, incoming, "bench-adapters")
        took[account.courier].append((time.perf_counter() - since) * 1e6)
        assert taken.outcome == "accepted", account.courier
    return {name: median(costs) for name, costs in took.items()}

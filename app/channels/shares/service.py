"""What the sender processes see of providers together, and what follows for their shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

import structlog

from app import clock
from app.channels import providers
from app.channels.shares import rules, store
from app.channels.shares.rules import Seen
from app.db.connection import Connection, transaction

log = structlog.get_logger(__name__)

DECIDES_EVERY = timedelta(seconds=5)
SLOW = timedelta(seconds=4)
"""A call that takes longer counts as bad: providers answer in a fraction of a second."""
_RESTED = timedelta(minutes=10)
"""After so long without enough calls a provider is tried again, step by step."""


class Watch:
    """What one process has seen since it told last; only one thread uses it."""

    def __init__(self) -> None:
        self._calls: Counter[tuple[str, str]] = Counter()
        self._bad: Counter[tuple[str, str]] = Counter()

    def heard(self, channel: str, provider: str, took: timedelta, *, failed: bool) -> None:
        """A call to a provider is over."""
        self._calls[channel, provider] += 1
        self._bad[channel, provider] += failed or took > SLOW

    def tell(self) -> None:
        """Tell it to the others, and use the shares that hold now.

        Raises:
            psycopg.OperationalError: the database is away; it is told the next time.
        """
        for channel, names in providers.shared().items():
            self._tell(channel, names)

    def _tell(self, channel: str, names: list[str]) -> None:
        seen = {n: Seen(self._calls[channel, n], self._bad[channel, n]) for n in names}
        home, now = rules.home(names), clock.machine_now()
        with transaction() as conn:
            found = store.count(conn, channel, home, seen, now)
            shares = {name: found[name][0] for name in names}
            known = {name: found[name][1] for name in names}
            since = now - max(at for _, _, at in found.values())
            if sum(shares.values()) != rules.WHOLE:  # other providers than last time
                shares = home
                store.decided(conn, channel, shares, names, now)
            elif since >= DECIDES_EVERY:
                shares = _moved(conn, channel, shares, known, rested=since >= _RESTED)
        for name in names:
            del self._calls[channel, name], self._bad[channel, name]
        providers.use_shares(channel, shares)


def _moved(
    conn: Connection,
    channel: str,
    shares: Mapping[str, int],
    seen: Mapping[str, Seen],
    *,
    rested: bool,
) -> dict[str, int]:
    moved = rules.move(rules.home(list(shares)), shares, seen, rested=rested)
    fresh = rules.forget(shares, seen)
    if fresh or moved != shares:
        store.decided(conn, channel, moved, fresh, clock.machine_now())
    if moved != shares:
        log.warning("provider_shares_moved", channel=channel, shares=moved)
    return moved

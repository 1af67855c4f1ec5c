"""The clock's rounds: what it does now and then beside the steps, each as often as it should be."""

from __future__ import annotations

import time
from collections.abc import Mapping

from app import clock
from app.cases.search import service as search
from app.channels import outbox
from app.db import connection as db
from app.db import turns
from app.forgetting import copies, forgetting, replaying, retention
from app.insight import rollups
from app.outbound import service as outbound
from app.photos import service as photos
from tasks import dry_runs, duties
from tasks.background import Background

STALE_EVERY = 1.0  # seconds
BEAT_EVERY = 5.0  # seconds
FIGURES_EVERY = 30.0  # seconds; earlier when much has changed
AUDIT_EVERY = 60.0  # seconds


class Rounds:
    """What one clock has to do now and then; `go()` does what is due of it."""

    def __init__(self, keep_days: Mapping[str, int]) -> None:
        self._keep_days = keep_days
        self._next_stale = 0.0
        self._next_beat = 0.0
        self._next_figures = 0.0
        self._next_audit = 0.0
        self._background = Background()

    def go(self) -> None:
        """Show that this clock lives; keep counts and promises; audit and watch once a minute."""
        if time.monotonic() >= self._next_stale:
            self._next_stale = time.monotonic() + STALE_EVERY
            outbox.settle_stale(db.connection())
        if time.monotonic() >= self._next_beat:
            self._next_beat = time.monotonic() + BEAT_EVERY
            turns.beat(db.connection(), "clock", clock.machine_now())
            duties.do(duties.fold_counts)
            duties.do(duties.settle_promises)
            duties.do(self._keep_house)
            self._background.start("words", search.catch_up)
            self._background.start("dry runs", dry_runs.start)
            self._background.start("forgetting", forgetting.forget_again)
            self._background.start("copies", copies.some)
        if time.monotonic() >= self._next_audit:
            self._next_audit = time.monotonic() + AUDIT_EVERY
            for duty in (
                duties.audit_cases,
                duties.audit_questions,
                duties.watch_the_couriers,
                duties.watch_rotas,
                duties.expire_orders,
            ):
                duties.do(duty)

    def close(self) -> None:
        """End what is done beside."""
        self._background.close()

    def _keep_house(self) -> None:
        """Count figures and drop what is old, beside all else: there may be a million of each."""
        if time.monotonic() >= self._next_figures or rollups.much_changed():
            self._next_figures = time.monotonic() + FIGURES_EVERY
            self._background.start("figures", rollups.count_some)
            self._background.start("retention", self._make_room)
            self._background.start("photos", photos.sweep)
            self._background.start("restored", replaying.look)

    def _make_room(self) -> bool:
        more = retention.make_some_room(self._keep_days)
        return outbound.forget_some(clock.now()) or more

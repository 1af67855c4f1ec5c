"""A dry run: past cases replayed twice, as things are and with what is tried.

Nothing live is touched: each replay has a connection of its own, on which every table is a
temporary one and the database refuses to write to any other.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app import clock
from app.chain import policy
from app.db import connection as db
from app.db.connection import Connection
from app.intake import accounts
from app.languages.language import mark
from app.managing.dry_runs import acts, figures, figures_store, history_store, scratch_store
from app.managing.dry_runs.figures import Run
from app.managing.dry_runs.world import History, World

MOST = 200
"""Cases of one dry run."""
LONGEST = timedelta(minutes=4)
"""Of machine time; then it is given up, and says so."""

Progress = Callable[[int, int], None]
"""Told how many of all replayed cases have begun."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What is tried, on which cases."""

    shipper_id: int
    body: dict[str, Any]
    most: int = MOST
    since: datetime | None = None
    patience: float = 1
    """How many times as long each level of the ladders waits before the next one is called."""


def run(tried: Tried, progress: Progress = lambda *_: None) -> dict[str, Any]:
    """Replay the cases; what would differ, see `figures.compare`.

    Raises:
        TooLong: it could not be done in the time that it has.
    """
    live, until = db.connection(), clock.now()
    past = history_store.cases(live, tried.shipper_id, tried.since, min(tried.most, MOST))
    ids = [one.id for one in past]
    stories = acts.stories(
        history_store.timelines(live, ids),
        history_store.tasks(live, ids),
        history_store.questions(live, ids),
    )
    lacks = {one.id: _lacks(stories.get(one.id)) for one in past}
    kept = [one for one in past if not lacks[one.id]]
    ids = [one.id for one in kept]
    history = History(
        cases=kept,
        stories=stories,
        outcomes=history_store.outcomes(live, ids),
        accounts={slug: accounts.get(slug) for slug in {one.account for one in kept}},
    )
    really = Run(figures_store.calls(live, ids), {e.id: e for e in figures_store.ends(live, ids)})
    whole, deadline = 2 * len(kept), time.monotonic() + LONGEST.total_seconds()
    replay = _Replay(history, until, deadline)
    before = replay.run(tried, changed=False, progress=lambda done: progress(done, whole))
    after = replay.run(tried, changed=True, progress=lambda done: progress(len(kept) + done, whole))
    labels = {one.id: one.label for one in kept}
    return figures.compare(really, before, after, labels, until) | {
        "cases": len(kept),
        "left_out": dict(Counter(why for whys in lacks.values() for why in sorted(whys)[:1])),
        "since": kept[0].opened_at.isoformat() if kept else None,
        "until": kept[-1].opened_at.isoformat() if kept else None,
        "undone": replay.undone,
        "problems": replay.problems,
    }


def _lacks(story: acts.Story | None) -> set[str]:
    return {mark("nothing is kept of it")} if story is None or not story.acts else story.lacks


class _Replay:
    """The replays of one history."""

    def __init__(self, history: History, until: datetime, deadline: float) -> None:
        self._history = history
        self._until = until
        self._deadline = deadline
        self.undone: list[int] = []
        self.problems: list[str] = []

    def run(self, tried: Tried, *, changed: bool, progress: Callable[[int], None]) -> Run:
        number = -time.time_ns()
        with closing(db.connect()) as conn:
            scratch_store.shadow(conn)
            if changed:
                scratch_store.use_policy(conn, tried.shipper_id, number, tried.body)
                if tried.patience != 1:
                    scratch_store.stretch_ladders(conn, tried.patience)
            scratch_store.put_parcels(conn, [one.shipment_id for one in self._history.cases])
            world = World(conn, self._history, self._until, self._deadline, progress)
            try:
                with db.only(conn), clock.held():
                    world.play()
                    return self._told(conn, world)
            finally:
                policy.forget(number)

    def _told(self, conn: Connection, world: World) -> Run:
        self.undone.append(world.undone)
        self.problems += scratch_store.failed(conn)
        then = {ours: one.id for one in self._history.cases if (ours := world.case_of(one.id))}
        ends = {then[end.id]: end for end in figures_store.ends(conn, list(then))}
        return Run(figures_store.calls(conn, list(then)), ends)

"""The journeys of a run in several worlds, a few of them at the same time.

A world of a hundred is quick: its tables stay small, and of two worlds each has a processor. Which
journeys share a world depends on their numbers alone, so that a run is the same on any machine.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import NamedTuple

from app.cli.journeys import audit, private, run, stage, tale
from app.cli.journeys.audit import Finding
from app.cli.journeys.cast import Journey
from app.cli.journeys.told import Told

TOGETHER = 100
"""So many live in one world."""


class Lived(NamedTuple):
    """What came of the journeys of a world, and of all of them."""

    told: list[Told]
    found: list[Finding]
    tales: dict[str, str]
    """By zero: the whole story of a journey in which that was found."""


def play(
    journeys: Sequence[Journey], seed: int, progress: Callable[[int], None] = lambda _: None
) -> Lived:
    """Let them happen. `progress` is told how many journeys are over."""
    worlds = [journeys[at : at + TOGETHER] for at in range(0, len(journeys), TOGETHER)]
    at_once = min(len(worlds), os.cpu_count() or 1)
    fresh = multiprocessing.get_context("spawn")
    over, lived = 0, {}
    with ProcessPoolExecutor(at_once, fresh, _begin, max_tasks_per_child=1) as pool:
        waiting = {pool.submit(_world, world, seed): at for at, world in enumerate(worlds)}
        try:
            for ended in as_completed(waiting):
                at = waiting[ended]
                lived[at] = ended.result()
                over += len(worlds[at])
                progress(over)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for child in multiprocessing.active_children():
                child.terminate()  # it stops its servers and removes their files
            raise
    return _together([lived[at] for at in range(len(worlds))])


def _begin() -> None:
    """A process that is told to end takes its servers along."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def _world(journeys: Sequence[Journey], seed: int) -> Lived:
    """One world, on servers of its own."""
    with private.world():
        told = run.play(journeys, seed)
        found = audit.findings(told, stage.POLICY)
        first = {one.zero: one for one in reversed(found)}
        return Lived(told, found, {zero: tale.tell(one, told) for zero, one in first.items()})


def _together(worlds: Sequence[Lived]) -> Lived:
    whole = Lived([], [], {})
    for one in worlds:
        whole.told.extend(one.told)
        whole.found.extend(one.found)
        whole.tales.update(
            {zero: text for zero, text in one.tales.items() if zero not in whole.tales}
        )
    return whole

"""The journeys of a run in several worlds, a few of them at the same time.

A world of a hundred is quick: its tables stay small, and of two worlds each has a processor. Which
journeys share a world depends on their numbers alone, so that a run is the same on any machine.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NamedTuple

from app.cli.journeys import audit, private, run, stage, tale
from app.cli.journeys.audit import Finding
from app.cli.journeys.cast import Journey
from app.cli.journeys.told import Told

TOGETHER = 100
"""So many live in one world."""
_ENDS_WITHIN = 10.0
"""So many seconds a world that is broken off has to put its servers away; its watchdog does the
rest."""


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
    with (
        private.room() as room,
        ProcessPoolExecutor(at_once, fresh, _begin, max_tasks_per_child=1) as pool,
    ):
        try:
            waiting = {pool.submit(_world, one, seed, room): at for at, one in enumerate(worlds)}
            for ended in as_completed(waiting):
                at = waiting[ended]
                lived[at] = ended.result()
                over += len(worlds[at])
                progress(over)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            _end(multiprocessing.active_children())
            raise
    return _together([lived[at] for at in range(len(worlds))])


def _unheard(_number: int, _frame: object) -> None:
    """Nothing: Python complains of a signal that is ignored while it is on its way."""


def once(_number: int, _frame: object) -> None:
    """Break off at the first signal; those that follow are not to disturb what is put away then."""
    for ends in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ends, _unheard)
    raise KeyboardInterrupt


def _end(children: Sequence[BaseProcess]) -> None:
    """Tell them to stop their servers and to remove their files, and see that they do."""
    for child in children:
        child.terminate()
    until = time.monotonic() + _ENDS_WITHIN
    for child in children:
        child.join(max(0.0, until - time.monotonic()))
        child.kill()


def _begin() -> None:
    """A process that is told to end takes its servers along.

    A key that is pressed at a terminal reaches all of them: who began this run tells the others.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, once)


def _world(journeys: Sequence[Journey], seed: int, room: Path) -> Lived:
    """One world, on servers of its own."""
    try:
        return _lived(journeys, seed, room)
    except KeyboardInterrupt:
        os._exit(1)  # nothing is handed back, and no other process begins what waits


def _lived(journeys: Sequence[Journey], seed: int, room: Path) -> Lived:
    with private.world(room):
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

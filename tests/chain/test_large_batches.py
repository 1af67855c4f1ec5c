"""Large task messages take turns in a worker, and a small one waits for none of them."""

from __future__ import annotations

import queue
import threading

import pytest

from app.chain import engine
from tasks import steps
from tasks.app import celery


def test_a_small_task_message_runs_beside_a_large_one_and_a_second_large_one_waits(
    monkeypatch: pytest.MonkeyPatch,
):
    began: queue.Queue[int] = queue.Queue()
    go_on = threading.Event()

    def run(_type: object, refs: list[object]) -> int:
        began.put(len(refs))
        go_on.wait(10)
        return len(refs)

    monkeypatch.setattr(engine, "run", run)
    monkeypatch.setattr(steps, "_many", threading.BoundedSemaphore(1))
    task = celery.tasks["call_dispatcher"]
    threads = [
        threading.Thread(target=task, args=[[[n, 1] for n in range(number)]])
        for number in (50, 40, 1)
    ]
    for thread in threads[:2]:
        thread.start()
    first = began.get(timeout=10)
    threads[2].start()
    assert began.get(timeout=10) == 1
    assert began.empty()
    go_on.set()
    assert {first, began.get(timeout=10)} == {50, 40}
    for thread in threads:
        thread.join(10)

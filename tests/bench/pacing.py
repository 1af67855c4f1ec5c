"""Posts webhooks at a pace, as couriers do, and not as fast as they are taken."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Sequence
from typing import NamedTuple

_CLIENTS = 4


class Posted(NamedTuple):
    """The case that a webhook opened, and the seconds until it was answered."""

    case_id: int
    seconds: float


def post(
    port: int, slug: str, ready: Sequence[tuple[bytes, dict[str, str]]], per_second: float
) -> list[int]:
    """Post `(body, headers)`, so many a second; the cases that were opened."""
    return [posted.case_id for posted in timed(port, slug, ready, per_second)]


def timed(
    port: int, slug: str, ready: Sequence[tuple[bytes, dict[str, str]]], per_second: float
) -> list[Posted]:
    """The same, with how long each took."""
    began, done = time.perf_counter(), [Posted(0, 0.0)] * len(ready)

    def send(first: int) -> None:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for place in range(first, len(ready), _CLIENTS):
            time.sleep(max(0.0, began + place / per_second - time.perf_counter()))
            since = time.perf_counter()
            client.request("POST", f"/webhooks/{slug}", *ready[place])
            answer = json.loads(client.getresponse().read())
            if answer["status"] == "accepted":
                done[place] = Posted(answer["case_id"], time.perf_counter() - since)
        client.close()

    threads = [threading.Thread(target=send, args=(first,)) for first in range(_CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(case_id for case_id, _ in done), "a webhook was not accepted"
    return done

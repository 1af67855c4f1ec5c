"""Posts webhooks at a pace, as couriers do, and not as fast as they are taken."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Sequence

_CLIENTS = 4


def post(
    port: int, slug: str, ready: Sequence[tuple[bytes, dict[str, str]]], per_second: float
) -> list[int]:
    """Post `(body, headers)`, so many a second; the cases that were opened."""
    began, cases = time.perf_counter(), [0] * len(ready)

    def send(first: int) -> None:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for place in range(first, len(ready), _CLIENTS):
            time.sleep(max(0.0, began + place / per_second - time.perf_counter()))
            client.request("POST", f"/webhooks/{slug}", *ready[place])
            answer = json.loads(client.getresponse().read())
            if answer["status"] == "accepted":
                cases[place] = answer["case_id"]
        client.close()

    threads = [threading.Thread(target=send, args=(first,)) for first in range(_CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(cases), "a webhook was not accepted"
    return cases

"""(c) From a courier's webhook to the call of the dispatcher's provider, on an idle copy.

Real web, worker, sender and clock; the provider is Twilio at an address of our own, which
notes when a message comes in.
"""

from __future__ import annotations

import http.client
import itertools
import json
import random
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from statistics import quantiles
from urllib.parse import unquote_plus

from app.intake import samples
from app.intake.event import Account
from tests.bench.report import Figure, Sample, repeated
from tests.bench.stage import SID, Servers, Stage, role, stage

EACH = 100
PACE = (0.1, 0.2)  # seconds between two webhooks: one is done before the next comes
_MESSAGE = re.compile(r"\?m=(\d+)")

_numbers = itertools.count(1)


def figures(servers: Servers) -> Iterator[Figure]:
    with _twilio() as (address, arrived):
        provider = {
            "TWILIO_ACCOUNT_SID": SID,
            "TWILIO_AUTH_TOKEN": "bench",
            "TWILIO_FROM": "+15005550006",
            "TWILIO_API_BASE": address,
        }
        with stage(servers, **provider) as here:
            account = here.world().accounts["onfleet"]
            port = here.web()
            here.worker()
            here.start("sender", role("sender"))
            here.start("clock", role("clock"))
            _calls(here, account, port, 10, arrived)
            got = repeated(
                "latency",
                lambda: _percentiles(_calls(here, account, port, EACH, arrived)),
                by=lambda sample: sample["p50"],
            )
    what = "webhook to the provider's call, idle"
    yield Figure(f"{what}, half of them within", "ms", got["p50"], at_most=50)
    yield Figure(f"{what}, 99 of 100 within", "ms", got["p99"], at_most=250)


def _percentiles(took: list[float]) -> Sample:
    cuts = quantiles(took, n=100, method="inclusive")
    return {"p50": cuts[49], "p99": cuts[98]}


def _calls(
    here: Stage, account: Account, port: int, number: int, arrived: dict[int, float]
) -> list[float]:
    """Milliseconds from each webhook to the dispatcher's message at the provider."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    now = datetime.now(UTC)
    ready = [samples.failure(account, now, shipment=f"L{next(_numbers)}") for _ in range(number)]
    sent: dict[int, float] = {}
    for raw, headers in ready:
        since = time.perf_counter()
        client.request("POST", f"/webhooks/{account.slug}", raw, headers)
        answer = json.loads(client.getresponse().read())
        assert answer["status"] == "accepted", answer
        sent[answer["case_id"]] = since
        time.sleep(random.uniform(*PACE))
    client.close()

    def first_calls() -> dict[int, float]:
        with here.connect() as conn:
            rows = conn.execute(
                """SELECT case_id, min(id) FROM messages
                    WHERE audience = 'dispatcher' AND case_id = ANY(%s) GROUP BY case_id""",
                [list(sent)],
            ).fetchall()
        calls: dict[int, int] = dict(rows)  # type: ignore[arg-type]
        return {case: arrived[message] for case, message in calls.items() if message in arrived}

    here.eventually(lambda: len(first_calls()) == number, "every dispatcher is called")
    return [(at - sent[case]) * 1000 for case, at in first_calls().items()]


@contextmanager
def _twilio() -> Iterator[tuple[str, dict[int, float]]]:
    """Its address, and when each message came in, by our own id."""
    arrived: dict[int, float] = {}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_POST(self) -> None:
            at = time.perf_counter()
            form = self.rfile.read(int(self.headers["Content-Length"]))
            if found := _MESSAGE.search(unquote_plus(form.decode())):
                arrived.setdefault(int(found[1]), at)
            body = json.dumps({"sid": f"SM{at}", "status": "queued"}).encode()
            self.send_response(201)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", arrived
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

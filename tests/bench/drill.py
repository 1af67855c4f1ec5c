"""(m) A burst for twenty seconds, as much as this machine's chain carries, with a slow provider.

The provider of text messages answers in 300 ms, as Twilio does. Nothing may be suppressed as too
late, no step of the burst may run late, and customers of other cases are told meanwhile.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from app.intake import samples
from tests.bench.pacing import post
from tests.bench.report import Figure, Sample, repeated, say
from tests.bench.sending import ANSWERS_IN, playing
from tests.bench.stage import Servers, Stage, role

SECONDS = 20
CARRIED = 0.6
"""Of what the chain worked through in a trial: the rest is for the load generator's own needs."""
TRIAL = 400
OTHERS = 40

_numbers = itertools.count(1)


def figures(servers: Servers) -> Iterator[Figure]:
    got = repeated("drill", lambda: _once(servers), by=lambda sample: sample["step"])
    what = f"a burst of {SECONDS} s, provider answering in 300 ms"
    yield Figure(f"{what}: failures a second", "/s", got["rate"])
    yield Figure(f"{what}: the last step runs late by", "s", got["step"], note="1 s wanted")
    yield Figure(f"{what}: the last first call leaves after", "s", got["call"])
    yield Figure(f"{what}: calls suppressed as too late", "", got["too late"], at_most=0)
    yield Figure(f"{what}: customers of other cases told within", "s", got["others"], at_most=5)


def _once(servers: Servers) -> Sample:
    with playing(servers, ANSWERS_IN) as (here, world):
        port = here.web()
        here.worker()
        here.start("sender", role("sender"))
        here.start("clock", role("clock"))
        account = world.accounts["onfleet"]
        now = datetime.now(UTC)

        def fail(number: int, per_second: float) -> list[int]:
            ready = [
                samples.failure(account, now, shipment=f"D{next(_numbers)}") for _ in range(number)
            ]
            return post(port, account.slug, ready, per_second)

        since = time.perf_counter()
        _called(here, fail(TRIAL, 10_000))
        rate = CARRIED * TRIAL / (time.perf_counter() - since)
        say(f"{rate:.0f} failures a second for {SECONDS} s")
        others = threading.Thread(target=_tell_others, args=(here,))
        others.start()
        cases = fail(int(rate * SECONDS), rate)
        others.join()
        _called(here, cases)
        return {"rate": rate, **_facts(here, cases)}


def _called(here: Stage, cases: list[int]) -> None:
    """Wait until nothing of these waits to be called for or sent."""
    with here.connect() as conn:

        def called() -> bool:
            row = conn.execute(
                """SELECT count(DISTINCT case_id) FROM messages
                    WHERE case_id = ANY(%s) AND audience = 'dispatcher' AND done_at IS NOT NULL""",
                [cases],
            ).fetchone()
            return row == (len(cases),)

        here.eventually(called, "every dispatcher is called", within=300)


def _tell_others(here: Stage) -> None:
    """Messages to customers of other cases, all along the burst."""
    with here.connect() as conn:
        for n in range(OTHERS):
            conn.execute(
                """WITH new AS (
                       INSERT INTO messages (case_id, audience, topic, idempotency_key, channel,
                              recipient, due_at, created_at, request_id, account_id)
                       SELECT id, 'customer', 'bench', 'others-' || %s, 'sms',
                              '+17145552' || (100 + %s), now(), now(), 'bench', account_id
                         FROM cases ORDER BY id LIMIT 1 RETURNING id)
                   INSERT INTO message_words (message_id, subject, text)
                   SELECT id, 'bench', 'A parcel' FROM new""",
                [n, n],
            )
            time.sleep(SECONDS / OTHERS)


def _facts(here: Stage, cases: list[int]) -> Sample:
    with here.connect() as conn:
        row = conn.execute(
            """SELECT (SELECT max(extract(epoch FROM t.at - c.opened_at))::float8
                         FROM cases c JOIN timeline t ON t.case_id = c.id
                        WHERE t.kind = 'dispatcher_called' AND c.id = ANY(%(cases)s)),
                      (SELECT max(extract(epoch FROM done_at - created_at))::float8
                         FROM messages WHERE audience = 'dispatcher' AND case_id = ANY(%(cases)s)),
                      (SELECT count(*) FROM messages WHERE why = 'too_late'),
                      (SELECT max(extract(epoch FROM done_at - created_at))::float8
                         FROM messages WHERE topic = 'bench')""",
            {"cases": cases},
        ).fetchone()
    assert row is not None
    step, call, late, others = (float(str(value)) for value in row)
    return {"step": step, "call": call, "too late": late, "others": others}

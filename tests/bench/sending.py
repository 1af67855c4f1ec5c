"""(g) Messages that leave while a provider is slow, and mail while another provider hangs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from tests import seed
from tests.bench import steps
from tests.bench.report import Figure, Sample, repeated
from tests.bench.stage import SID, Servers, Stage, role, stage
from tests.pages.web import free_port

NUMBER = 4000
MAILS = 1000
ANSWERS_IN = 0.3  # seconds, as Twilio does
HANGS = 600


def figures(servers: Servers) -> Iterator[Figure]:
    slow = repeated("sending", lambda: _slow(servers), by=lambda sample: sample["rate"])
    yield Figure(
        "text messages that leave, provider answering in 300 ms, one sender process",
        "/s",
        slow["rate"],
        at_least=400,
    )
    mail = repeated("mail", lambda: _beside(servers), by=lambda sample: sample["with"])
    yield Figure(
        "mails that leave while the provider of text messages hangs, beside one that does not",
        "/s",
        mail["with"],
        mail["without"],
        at_least=0.8,
    )


def _slow(servers: Servers) -> Sample:
    with playing(servers, ANSWERS_IN) as (here, world):
        _queue(here, world, "sms", NUMBER)
        return {"rate": NUMBER / _time(here, "sms", NUMBER)}


def _beside(servers: Servers) -> Sample:
    rates = []
    for texts in (HANGS // 2, 0):
        with playing(servers, HANGS) as (here, world):
            _queue(here, world, "sms", texts)
            _queue(here, world, "email", MAILS)
            rates.append(MAILS / _time(here, "email", MAILS))
    return {"with": rates[0], "without": rates[1]}


@contextmanager
def playing(servers: Servers, seconds: float) -> Iterator[tuple[Stage, seed.World]]:
    """A small world and a provider of text messages that answers after so many seconds."""
    port = free_port()
    with stage(
        servers,
        REKNOCK_DEMO="1",  # mails go to the playground
        TWILIO_ACCOUNT_SID=SID,
        TWILIO_AUTH_TOKEN="bench",
        TWILIO_FROM="+15005550006",
        TWILIO_API_BASE=f"http://127.0.0.1:{port}",
    ) as here:
        world = here.world()
        here.start("provider", f"exec python -m tests.bench.provider {port} {seconds} queued")
        yield here, world


def _queue(here: Stage, world: seed.World, channel: str, number: int) -> None:
    """As many messages, each to another person about another parcel."""
    steps.arm(here, world, number, "bench_none", datetime.now(UTC) + timedelta(days=1))
    with here.connect() as conn:
        conn.execute(
            """WITH new AS (
                   INSERT INTO messages (case_id, audience, topic, idempotency_key, channel,
                          recipient, due_at, created_at, request_id, account_id)
                   SELECT c.id, 'customer', 'bench', 'bench-' || %(channel)s || c.id, %(channel)s,
                          '+1714555' || lpad(c.id::text, 4, '0'), now(), now(), 'bench',
                          c.account_id
                     FROM cases c ORDER BY c.id DESC LIMIT %(number)s RETURNING id)
               INSERT INTO message_words (message_id, subject, text)
               SELECT id, 'bench', 'A parcel' FROM new""",
            {"channel": channel, "number": number},
        )
        conn.execute("ANALYZE messages")


def _time(here: Stage, channel: str, number: int) -> float:
    """Seconds from the first message of the channel that left to the last; a sender starts now."""
    here.start("sender", role("sender"))
    with here.connect() as conn:

        def left() -> int:
            row = conn.execute(
                """SELECT count(*) FROM messages
                    WHERE channel = %s AND state NOT IN ('queued', 'sending')""",
                [channel],
            ).fetchone()
            assert row is not None
            return int(str(row[0]))

        here.eventually(left, "the first message leaves")
        since = time.perf_counter()
        here.eventually(lambda: left() == number, "all messages leave", within=120)
        return time.perf_counter() - since

"""(i) What one whole journey costs: from the courier's words to the delivery, with its pages.

A failure comes in, the dispatcher opens the page and takes it on, the customer is told, opens the
page and books, and the parcel is delivered. Real handlers in this process: the web app, the engine,
the outbox. Once one journey after another, as on a quiet day, and once many side by side, where
steps of several cases share their transactions as the clock hands them out.

At the end of the journeys comes what the clock does within half a minute of a change: it adds up
what is counted, settles promises, looks for cases without a step, counts the figures and writes the
words by which parcels are found. All of it is counted. The size is read when the server has cleaned
up after them, which it does by itself within seconds: what is emptied has its room used again.

A disk fills with what stays. So the size of journeys is by how much the database has grown from one
batch of them to the next, each looked at half a year later, when what is kept for days has gone and
its room is free: what couriers posted (30 days), the queue's tasks that are done (30), what is
heard of by providers (60), what each case counts for (190). Indexes, texts, all that stays is
counted. The step that waits two hours to ask how it was is taken away, as nobody asks in these
journeys. Beside it stands by how much a batch lets it grow before anything has gone.

The journeys have one session with the server, as long as the bench runs: those of a process that
works live for days, and whoever opens one has each statement planned ten times at first.

The write-ahead log is what the whole server has written meanwhile, with its own cleaning up. No
page is logged as a whole here (`full_page_writes` is off): how many are depends on how often there
is a checkpoint.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import psutil
import psycopg
from flask.testing import FlaskClient

from app import clock, create_app
from app.access import links
from app.cases import own_page
from app.cases import store as case_store
from app.cases.search import service as search
from app.chain import engine, registry, store
from app.chain.store import Ref
from app.channels import looking, outbox
from app.db import connection as db
from app.dispatch import store as dispatch
from app.forgetting import retention
from app.insight import rollups
from tasks import duties
from tasks.claims import BATCH, CLAIM
from tests import courier, seed
from tests.bench.report import Figure, Sample, repeated
from tests.bench.stage import Servers, Stage, stage

ALONE, TOGETHER = 60, 300
LEASE = timedelta(seconds=15)
LATER = timedelta(days=200)
_CHOICE = re.compile(r'name="choice" value="(slot:[0-9]+)"')

_numbers = count(1)


def figures(servers: Servers) -> Iterator[Figure]:
    with stage(servers, REKNOCK_DEMO="1", REKNOCK_WEBHOOK_WRITER="plain") as here:
        _clean_up(here)
        costs = Costs(here)
        for number in (20, TOGETHER):
            costs.of(number, side_by_side=True)
        grown = costs.of(TOGETHER, side_by_side=True)["size"]
        costs.half_a_year_later()

        def once() -> Sample:
            before = costs.size()
            alone = costs.of(ALONE, side_by_side=False)
            together = costs.of(TOGETHER, side_by_side=True)
            costs.half_a_year_later()
            del alone["size"]
            stays = (costs.size() - before) / (ALONE + TOGETHER)
            return {f"{k} alone": v for k, v in alone.items()} | together | {"size": stays}

        got = repeated("journey", once, by=lambda sample: sample["statements"])
    what = "a whole journey with its pages and a booking"
    for name, (said, unit, goal) in _GOALS.items():
        for more, how in ((" alone", "by itself"), ("", f"{TOGETHER} side by side")):
            note = f"at most {goal} {unit} wanted".replace("  ", " ")
            if name + more in got:
                yield Figure(f"{what}, {how}: {said}", unit, got[name + more], note=note)
    note = "with what is kept for days"
    yield Figure(f"{what}, {TOGETHER} side by side: database at first", "kB", [grown], note=note)


def _clean_up(here: Stage) -> None:
    """After the schema was made, in all databases: the server would do it while it is measured."""
    with here.connect() as conn:
        names = conn.execute("SELECT datname FROM pg_database WHERE datallowconn").fetchall()
    for (name,) in names:
        with psycopg.connect(here.servers.postgres.url_of(str(name)), autocommit=True) as conn:
            conn.execute("VACUUM ANALYZE")


_GOALS = {
    "cpu": ("processor time of Reknock and Postgres", "ms", 25),
    "statements": ("statements", "", 60),
    "transactions": ("transactions", "", "few"),
    "size": ("database, half a year later", "kB", 10),
    "wal": ("write-ahead log", "kB", 25),
}


@contextmanager
def counted() -> Iterator[list[int]]:
    """One entry for each statement that is run meanwhile."""
    ran: list[int] = []
    execute = psycopg.Cursor.execute

    def counting(cursor: Any, *args: Any, **more: Any) -> Any:
        ran.append(1)
        return execute(cursor, *args, **more)

    psycopg.Cursor.execute = counting  # type: ignore[assignment, method-assign]
    try:
        yield ran
    finally:
        psycopg.Cursor.execute = execute  # type: ignore[method-assign]


class Costs:
    """What journeys through one world cost each."""

    def __init__(self, here: Stage) -> None:
        self.here = here
        self.journeys = Journeys(here.world(), create_app(here.settings).test_client())
        self._session = psutil.Process(db.connection().info.backend_pid)
        with here.connect() as conn:
            conn.execute("UPDATE slot_rules SET capacity = 1000000")

    def of(self, number: int, *, side_by_side: bool) -> Sample:
        """What each of that many costs."""
        with self.here.connect() as conn:
            conn.execute("VACUUM")
            before = _state(conn)
        mine, theirs = time.process_time(), self._servers()
        with Path(os.devnull).open("w") as nowhere, redirect_stderr(nowhere), counted() as ran:
            for _ in range(1 if side_by_side else number):
                self.journeys.go(number if side_by_side else 1)
            look_after()
        cpu = time.process_time() - mine + self._servers() - theirs
        db.connection().execute("SELECT pg_stat_force_next_flush()")  # it counts transactions
        with self.here.connect() as conn:
            after = _state(conn)
        after["size"] = self.size()
        return {
            "cpu": cpu / number * 1000,
            "statements": len(ran) / number,
            **{name: (after[name] - before[name]) / number for name in after},
        }

    def size(self) -> float:
        """Of the database, cleaned up, in kB."""
        with self.here.connect() as conn:
            conn.execute("VACUUM")
            return _state(conn)["size"]

    def half_a_year_later(self) -> None:
        """Let all go that is kept for days, and the steps that wait."""
        with self.here.connect() as conn:
            conn.execute("DELETE FROM steps")
        with clock.held():
            clock.hold(clock.now() + LATER)
            duties.do(duties.fold_counts)
            rollups.catch_up()
            for _ in range(2 * TOGETHER * 4 // 1000 + 2):  # a thousand messages at a time
                looking.look_after()
            retention.make_room(self.here.settings.keep_days)

    def _servers(self) -> float:
        """Seconds of processor time of the session."""
        return sum(self._session.cpu_times()[:2])


class Journeys:
    """Journeys through one world."""

    def __init__(self, world: seed.World, client: FlaskClient) -> None:
        self.world = world
        self.client = client

    def go(self, number: int) -> None:
        """That many journeys side by side."""
        account = self.world.accounts["standard_webhooks"]
        names = [f"J{next(_numbers)}" for _ in range(number)]
        cases = [self._hear(account, courier.said("failed", n, phone=_phone(n))) for n in names]
        settle()
        for case in cases:
            (task,) = dispatch.of_case(db.connection(), case)
            page = f"/t/{links.make('task', task.id, self.world.people['Ana'])}"
            self._page(page)
            self._post(page, {"outcome": "deliver_again", "note": "on it"})
            self._page(page)
        settle()
        with db.transaction() as conn:
            pages = {c.id: f"/c/{own_page.token(c)}" for c in case_store.load(conn, cases)}
        for case in cases:
            page = pages[case]
            choice = _CHOICE.search(self._page(page))
            assert choice
            self._post(page, {"choice": choice[1]})
            self._page(page)
        settle()
        for name in names:
            self._hear(account, courier.said("delivered", name, phone=_phone(name)))
        settle()
        for case in cases:
            self._page(pages[case])

    def _hear(self, account: Any, raw: bytes) -> int:
        answer = self.client.post(
            f"/webhooks/{account.slug}", data=raw, headers=courier.signed(account, raw)
        ).get_json()
        assert answer["status"] == "accepted", answer
        return int(answer["case_id"])

    def _page(self, address: str) -> str:
        answer = self.client.get(address)
        assert answer.status_code == 200, answer.text
        return answer.text

    def _post(self, address: str, form: dict[str, str]) -> None:
        answer = self.client.post(address, data=form)
        assert answer.status_code == 303, answer.text


def _phone(name: str) -> str:
    """A number of this journey's own."""
    number = int(name[1:])
    return f"+1714{220 + number // 9000}{1000 + number % 9000}"


def settle() -> None:
    while _steps() + _messages():
        pass


def look_after() -> None:
    """What the clock does beside the steps, as soon as something has changed."""
    for duty in (duties.fold_counts, duties.settle_promises, duties.audit_cases):
        duties.do(duty)
    rollups.catch_up()
    while search.catch_up():
        pass


def _steps() -> int:
    due = store.claim(db.connection(), clock.now(), CLAIM, LEASE)
    by_name: dict[str, list[Ref]] = {}
    for step in due:
        by_name.setdefault(step.name, []).append(Ref(step.id, step.attempt))
    for name, refs in by_name.items():
        step_type = registry.step_type(name)
        assert step_type is not None
        for start in range(0, len(refs), BATCH):
            engine.run(step_type, refs[start : start + BATCH])
    return len(due)


def _messages() -> int:
    found = 0
    for channel in outbox.channels_waiting(db.connection()):
        batch = outbox.take(channel, 160)
        outbox.record([(call, outbox.call(call)) for call in batch.calls])
        found += batch.found
    return found


def _state(conn: Any) -> dict[str, float]:
    row = conn.execute(
        """SELECT pg_current_wal_lsn() - '0/0' AS wal, pg_database_size(current_database()),
                  (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database())"""
    ).fetchone()
    return {"wal": float(row[0]) / 1000, "size": row[1] / 1000, "transactions": float(row[2])}

"""The whole service as it runs: every process of the Procfile, on real servers, over HTTP.

A story posts webhooks, opens links out of messages and calls the API, as people do; it moves
time through the playground, and reads facts from the database to know what became true.
"""

from __future__ import annotations

import os
import re
import signal
import struct
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import psycopg
import requests
from psycopg.rows import dict_row
from typing_extensions import override

from app import clock, configure
from app import settings as app_settings
from app.access import keys
from app.chain import policy
from app.channels import packed_words, providers
from app.cli import environment
from app.cli.processes import Processes, Speaker
from app.cli.servers import Guard
from app.db import connection as db
from app.intake import samples
from app.intake.event import Account
from tests import calendar, courier, seed, wording
from tests.pages.web import free_port
from tests.servers import TestServers

_PAST_A_LEASE = timedelta(seconds=20)
_TICK = 0.02  # seconds between two looks at what other processes do in their own time
_NEWS = re.compile(rf"Next news by ({wording.SHORT})")


class _Listener(Speaker):
    """What the processes say, by their names."""

    def __init__(self) -> None:
        super().__init__(["house"])
        self.lines: dict[str, list[str]] = defaultdict(list)

    @override
    def say(self, name: str, text: str) -> None:
        self.lines[name].append(text)


class House:
    """One running copy in demo mode with the world of `tests/seed.py`."""

    def __init__(self, servers: TestServers, database: str, home: Path, **env: str) -> None:
        self.servers = servers
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.env = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(home),
            "PORT": str(self.port),
            "PUBLIC_URL": self.base,
            "REKNOCK_HOME": str(home),
            "DATABASE_URL": database,
            "REDIS_URL": servers.redis.url,
            "SECRET_KEY": "a-secret-key-for-tests-and-nothing-else",
            "REKNOCK_DEMO": "1",
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser",
        } | env
        self.listener = _Listener()
        self._conn: psycopg.Connection[dict[str, Any]] | None = None
        self._http = requests.Session()
        self._stopping = threading.Event()
        self._prepare()

    def _prepare(self) -> None:
        """Make the world; this process is connected only for that long."""
        settings = app_settings.load(self.env)
        self._clock = settings.clock_file
        calendar.begin(self._clock)
        configure(settings)
        # Stories follow one another here: nobody waits because of what was told in another one.
        self.world = seed.world(clock.now(), {**policy.STANDARD, "gather_within": 0})
        with db.transaction() as conn:
            self.keys = {
                name: keys.create(conn, role, name, shipper, person, clock.now())
                for name, role, shipper, person in (
                    ("shipper", "shipper", self.world.shipper_id, None),
                    ("Ana", "dispatcher", None, self.world.people["Ana"]),
                    ("Ben", "dispatcher", None, self.world.people["Ben"]),
                )
            }
        db.close()
        providers._chosen.clear()

    # --- processes

    def start(self) -> None:
        """Start them all; who dies is started again, as `reknock up` does."""
        self._guard = Guard()
        procfile = environment.ROOT / "Procfile"
        self.processes = Processes(procfile, self.env, self._guard, self.listener)
        self._ticker = threading.Thread(target=self._tick)
        self._ticker.start()
        self.eventually(self._answers)

    def stop(self) -> None:
        """End them all."""
        self._stopping.set()
        self._ticker.join()
        self.processes.stop()
        self._guard.close()
        self._http.close()
        if self._conn:
            self._conn.close()

    def _tick(self) -> None:
        while not self._stopping.is_set():
            self.processes.tick()
            self._stopping.wait(0.05)

    def _answers(self) -> bool:
        try:
            return self._http.get(f"{self.base}/healthz", timeout=2).ok
        except requests.RequestException:
            return False

    def pid(self, name: str) -> int:
        """The process of this line of the Procfile."""
        (process,) = [p for p in self.processes._all if p.name == name]
        self.eventually(lambda: process.popen is not None and process.popen.poll() is None)
        assert process.popen is not None
        return process.popen.pid

    def pids(self) -> list[int]:
        """All of them; the same as before when none has died."""
        return [self.pid(process.name) for process in self.processes._all]

    def kill(self, name: str) -> None:
        """SIGKILL a process; what it had started dies with it."""
        os.kill(self.pid(name), signal.SIGKILL)

    @contextmanager
    def hanging(self, *names: str) -> Iterator[None]:
        """These processes are alive and do nothing for the length of the block."""
        pids = [self.pid(name) for name in names]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)

    def kill_child(self, name: str) -> None:
        """SIGKILL one of the processes that a process has started."""
        psutil.Process(self.pid(name)).children()[0].kill()

    def count(self, name: str, text: str) -> int:
        """How many lines of this process have this text."""
        return sum(text in line for line in self.listener.lines[name])

    # --- what people do

    def post(
        self, raw: bytes, headers: dict[str, str], slug: str = "standard-webhooks"
    ) -> requests.Response:
        """One webhook, posted once."""
        return requests.post(f"{self.base}/webhooks/{slug}", raw, headers=headers, timeout=30)

    def hear(self, kind: str = "failed", parcel: str = "P1", **said: Any) -> int:
        """The courier speaks; the id of the case."""
        raw = courier.said(kind, parcel, at=said.pop("at", self.now()), **said)
        answer = self.post(raw, courier.signed(self.account, raw))
        assert answer.status_code == 200, answer.text
        self.settle()
        return int(answer.json()["case_id"] or 0)

    def sample(self, courier_name: str) -> int:
        """A genuine failure as this courier posts it; the id of the case."""
        account = self.world.accounts[courier_name]
        raw, headers = samples.failure(account, self.now(), shipment=f"{courier_name}-1")
        answer = self.post(raw, headers, account.slug)
        assert answer.status_code == 200, answer.text
        self.settle()
        return int(answer.json()["case_id"])

    @property
    def account(self) -> Account:
        """The courier who speaks Standard Webhooks."""
        return self.world.accounts["standard_webhooks"]

    def api(self, method: str, path: str, by: str = "Ana", **body: Any) -> requests.Response:
        """Call the API with the key of shipper, Ana or Ben."""
        answer = self._call(method, path, by, **body)
        self.settle()
        return answer

    def _call(self, method: str, path: str, by: str, **body: Any) -> requests.Response:
        head = {"Authorization": f"Bearer {self.keys[by]}"}
        url = f"{self.base}/api/v1{path}"
        return requests.request(method, url, headers=head, json=body or None, timeout=30)

    def link(self, case_id: int, audience: str) -> str:
        """The link in the newest message to these people."""
        links: list[str] = [link for m in self.messages(case_id, audience) for link in m["links"]]
        return links[-1]

    def page(self, link: str) -> str:
        """What somebody sees who opens the link."""
        answer = self._http.get(link, timeout=30)
        assert answer.ok, answer.text
        return answer.text

    def press(self, link: str, **form: str) -> requests.Response:
        """Press a button of the page behind the link."""
        return requests.post(link, form, timeout=30, allow_redirects=False)

    def submit(self, link: str, **form: str) -> requests.Response:
        """Press a button, and see what comes of it."""
        answer = self.press(link, **form)
        self.settle()
        return answer

    def offered(self, link: str) -> list[str]:
        """What the customer's page behind the link offers."""
        return re.findall(r'value="((?:slot|point):\d+)"', self.page(link))

    def choices(self, case_id: int) -> list[str]:
        """The same by the link in their newest message."""
        return self.offered(self.link(case_id, "customer"))

    def choose(self, case_id: int, choice: str) -> int:
        """Choose on the customer's page; the status of the answer."""
        return self.submit(self.link(case_id, "customer"), choice=choice).status_code

    def messages(self, case_id: int, audience: str = "customer") -> list[dict[str, Any]]:
        """What reached these people, oldest first."""
        url = f"{self.base}/playground/messages"
        answer = self._http.get(url, params={"case_id": case_id}, timeout=30)
        return [item for item in answer.json()["items"] if item["audience"] == audience]

    def texts(self, case_id: int, audience: str = "customer") -> list[str]:
        """Their texts."""
        return [message["text"] for message in self.messages(case_id, audience)]

    # --- time

    def now(self) -> datetime:
        """Business time."""
        (shift,) = struct.unpack("<d", self._clock.read_bytes()[:8])
        return datetime.now(UTC) + timedelta(seconds=shift)

    def advance(self, **by: float) -> None:
        """Move time forward; whatever is due on the way happens at its own time."""
        until = self.now() + timedelta(**by)
        while True:
            self.settle()
            due = self._next_due()
            if due is None or due > until:
                break
            self.move(due - self.now())
        self.move(until - self.now())
        self.settle()

    def move(self, by: timedelta) -> None:
        """Move time at once, and wait for nothing."""
        if by > timedelta():
            url, body = f"{self.base}/playground/clock", {"advance_seconds": by.total_seconds()}
            before = self._clock.read_bytes()
            self.eventually(lambda: self._posted(url, body) or self._clock.read_bytes() != before)

    def _posted(self, url: str, body: dict[str, Any]) -> bool:
        try:
            return self._http.post(url, json=body, timeout=30).ok
        except requests.ConnectionError:  # the web was just killed
            return False

    def settle(self, within: float = 180) -> None:
        """Wait until nothing is due; then every case must be in good hands."""
        self.eventually(self._nothing_due, within)
        self.check()

    def recover(self, within: float = 180) -> None:
        """Settle after a crash; time is moved past leases instead of waiting for them."""
        deadline = time.monotonic() + within
        while not self._nothing_due():
            assert time.monotonic() < deadline, f"not recovered after {within} s"
            if not self._becomes(self._nothing_due, 1):
                self._age_calls()
                self.move(_PAST_A_LEASE)
        self.eventually(self._answers)
        self.check()

    def _age_calls(self) -> None:
        """Calls to providers are timed on the machine's clocks, which nobody can move."""
        self.facts(
            """UPDATE messages SET sending_since = sending_since - interval '1 minute'
                WHERE state = 'sending' AND sending_since < now() - interval '3 seconds'
            RETURNING id"""
        )

    def _becomes(self, true: Callable[[], object], within: float) -> bool:
        deadline = time.monotonic() + within
        while not true():
            if time.monotonic() > deadline:
                return False
            time.sleep(_TICK)
        return True

    def eventually(self, true: Callable[[], object], within: float = 180) -> None:
        """Wait until it is true; fail when it takes longer than that many seconds."""
        assert self._becomes(true, within), f"still not so after {within} s"

    # --- facts

    def facts(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """Rows of the database, over a connection of the story's own."""
        try:
            return self._connection().execute(query.encode(), list(values)).fetchall()
        except psycopg.OperationalError:  # it was restarted
            return self._connection().execute(query.encode(), list(values)).fetchall()

    def _connection(self) -> psycopg.Connection[dict[str, Any]]:
        if self._conn is None or self._conn.closed:
            self._conn = psycopg.connect(
                self.env["DATABASE_URL"], autocommit=True, row_factory=dict_row
            )
        return self._conn

    def case(self, case_id: int) -> dict[str, Any]:
        """The case's row."""
        (row,) = self.facts("SELECT * FROM cases WHERE id = %s", case_id)
        return row

    def task(self, case_id: int) -> dict[str, Any]:
        """The case's newest dispatch task."""
        query = """SELECT id, kind, about, state, level, acknowledged_by, outcome, resolved_at
                     FROM dispatch_tasks WHERE case_id = %s ORDER BY id DESC LIMIT 1"""
        (row,) = self.facts(query, case_id)
        return row

    def timeline(self, case_id: int) -> list[str]:
        """What happened, oldest first."""
        rows = self.facts("SELECT kind FROM timeline WHERE case_id = %s ORDER BY id", case_id)
        return [row["kind"] for row in rows]

    def states(self, case_id: int) -> list[str]:
        """What became of the case's messages, oldest first."""
        rows = self.facts("SELECT state FROM messages WHERE case_id = %s ORDER BY id", case_id)
        return [row["state"] for row in rows]

    def unsent(self, case_id: int) -> list[str]:
        """Why what was not sent was not."""
        rows = self.facts(
            "SELECT why FROM messages WHERE case_id = %s AND state = 'suppressed' ORDER BY id",
            case_id,
        )
        return [row["why"] for row in rows]

    def _nothing_due(self) -> bool:
        (row,) = self.facts(
            """SELECT EXISTS (SELECT 1 FROM steps WHERE due_at <= %s)
                   OR EXISTS (SELECT 1 FROM messages WHERE state = 'sending'
                              OR (state = 'queued' AND due_at <= %s)) AS due""",
            *[self.now()] * 2,
        )
        return not row["due"]

    def _next_due(self) -> datetime | None:
        (row,) = self.facts(
            """SELECT least((SELECT min(due_at) FROM steps),
                            (SELECT min(due_at) FROM messages WHERE state = 'queued')) AS due"""
        )
        due: datetime | None = row["due"]
        return due

    def check(self) -> None:
        """Nothing open is without a next step, and no promised hour has passed."""
        orphans = self.facts(
            """SELECT id FROM cases c WHERE state <> 'closed'
                  AND NOT EXISTS (SELECT 1 FROM steps s WHERE s.case_id = c.id)"""
        )
        assert orphans == []
        silent = self.facts(
            "SELECT id FROM cases WHERE state IN ('informed', 'booked') AND news_by < %s",
            self.now(),
        )
        assert silent == []
        left_standing = self.facts(
            """SELECT b.id FROM bookings b JOIN cases c ON c.id = b.case_id
                WHERE b.state = 'standing' AND c.state <> 'booked'"""
        )
        assert left_standing == []
        miscounted = self.facts(
            """SELECT s.id, s.taken FROM slots s WHERE s.taken <>
                  (SELECT count(*) FROM bookings b WHERE b.slot_id = s.id
                      AND b.state IN ('standing', 'kept', 'broken'))"""
        )
        assert miscounted == []

    def check_promises(self) -> None:
        """Every "next news by" that a customer has read was followed by a word in time."""
        rows = self.facts(
            """SELECT m.case_id, w.text, w.packed, m.done_at, d.timezone,
                      least(lead(m.done_at) OVER (PARTITION BY m.case_id ORDER BY m.done_at, m.id),
                            c.closed_at) AS next
                 FROM messages m JOIN message_words w ON w.message_id = m.id
                 JOIN cases c ON c.id = m.case_id JOIN depots d ON d.id = c.depot_id
                WHERE m.audience = 'customer' AND m.state = 'delivered'"""
        )
        rows = [packed_words.read(row) for row in rows]
        assert all(row["text"] for row in rows)
        for row in rows:
            if promised := _NEWS.search(row["text"]):
                by = wording.read(promised[1], row["done_at"], row["timezone"])
                assert (row["next"] or self.now()) <= by + timedelta(minutes=1), row

    def close_all(self) -> None:
        """End what a story left open, so that the next one begins in peace."""
        self.check_promises()
        left = [row["id"] for row in self.facts("SELECT id FROM cases WHERE state <> 'closed'")]
        with ThreadPoolExecutor(4) as pool:
            assert all(pool.map(self._close, left))
        self.settle()

    def _close(self, case_id: int) -> bool:
        return self._call("POST", f"/cases/{case_id}/close", "Ana", resolution="mistake").ok


@contextmanager
def open_house(servers: TestServers, home: Path, **env: str) -> Iterator[House]:
    """A house that runs for the length of the block."""
    servers.empty_redis()
    with servers.database() as database:
        house = House(servers, database, home, **env)
        try:
            house.start()
            yield house
        finally:
            house.stop()
            for name, lines in house.listener.lines.items():
                print(f"--- {name}", *lines[-60:], sep="\n")

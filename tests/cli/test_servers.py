"""The private servers: their data outlives them, their processes do not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from app.cli.errors import ServerError
from app.cli.servers import Embedded, Guard, HomeLock, Postgres
from app.cli.servers.guard import APPS
from tests.cli.copies import eventually


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def postgres(home: Path) -> Iterator[Postgres]:
    guard = Guard()
    server = Postgres(home, guard, durable=False)
    server.start()
    yield server
    server.stop()
    guard.close()


def ask(server: Postgres, query: str) -> object:
    with psycopg.connect(server.url, autocommit=True) as conn:
        row = conn.execute(query.encode()).fetchone()
    assert row
    return row[0]


def test_both_answer_and_are_set_up_as_the_design_says(home):
    with Embedded(home) as servers:
        for name, value in {
            "synchronous_commit": "on",
            "fsync": "on",
            "jit": "off",
            "idle_in_transaction_session_timeout": "1min",
            "timezone": "UTC",
            "listen_addresses": "",
        }.items():
            assert ask(servers.postgres, f"SELECT current_setting('{name}')") == value, name
        with redis.Redis.from_url(servers.redis.url) as client:
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    assert servers.postgres.pid is None
    assert servers.redis.pid is None


def test_committed_rows_survive_a_kill(postgres):
    with psycopg.connect(postgres.url, autocommit=True) as conn:
        conn.execute("CREATE TABLE rows (i int)")
        conn.execute("INSERT INTO rows SELECT generate_series(1, 1000)")
        postgres.kill()
        with pytest.raises(psycopg.OperationalError):
            conn.execute("SELECT 1")
    postgres.start()
    assert ask(postgres, "SELECT count(*) FROM rows") == 1000


def test_the_address_stays_after_a_restart_even_where_paths_are_too_long_for_sockets(tmp_path):
    with Embedded(tmp_path / ("long" * 30), durable=False) as servers:
        before = servers.postgres.url, servers.redis.url
        servers.postgres.restart()
        servers.redis.restart()
        assert (servers.postgres.url, servers.redis.url) == before
        assert ask(servers.postgres, "SELECT 1") == 1
        sockets = servers.postgres.sockets
    assert not sockets.exists()


def test_a_pid_file_whose_number_now_belongs_to_another_program_does_not_matter(postgres):
    postgres.kill()
    pid_file = postgres.folder / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getppid()), *lines[1:]]) + "\n")
    postgres.start()
    assert ask(postgres, "SELECT 1") == 1


def test_a_server_that_outlived_its_supervisor_is_ended_first(postgres, home):
    pid = postgres.pid
    guard = Guard()
    successor = Postgres(home, guard, durable=False)
    successor.start()
    try:
        assert successor.pid != pid
        assert ask(successor, "SELECT 1") == 1
        assert postgres.pid is None
    finally:
        successor.stop()
        guard.close()


def test_a_start_that_cannot_succeed_says_why(postgres, monkeypatch):
    postgres.stop()
    (postgres.folder / "postgresql.conf").write_text("no_such_setting = 1\n")
    monkeypatch.setattr("app.cli.servers.base.START_SECONDS", 1.0)
    with pytest.raises(ServerError, match="no_such_setting"):
        postgres.start()


def test_one_home_belongs_to_one_copy(home):
    first = HomeLock(home)
    assert not first.held()
    first.take()
    assert first.held()
    with pytest.raises(ServerError, match=f"already runs from {home}"):
        HomeLock(home).take()
    first.give_back()
    HomeLock(home).take()


def test_the_watchdog_ends_what_a_killed_process_started(home):
    program = """
import os, signal, subprocess, sys
from app.cli.servers.guard import APPS, Guard
stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(99)"
guard = Guard()
for command in (["sleep", "99"], [sys.executable, "-c", stubborn]):
    child = subprocess.Popen(command, start_new_session=True, stdout=-3, stderr=-3)
    guard.watch(child.pid, signal.SIGTERM, APPS)
    print(child.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    run = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, check=False)
    children = [int(pid) for pid in run.stdout.split()]
    assert len(children) == 2
    eventually(lambda: not any(map(lives, children)))


def test_the_watchdog_itself_is_replaced_when_it_is_killed():
    guard = Guard()
    child = subprocess.Popen(["sleep", "99"], start_new_session=True)
    guard.watch(child.pid, signal.SIGTERM, APPS)
    first = guard._process
    assert first
    first.kill()
    first.wait()
    guard.watch(child.pid, signal.SIGTERM, APPS)
    second = guard._process
    assert second
    assert second.pid != first.pid
    child.kill()
    child.wait()
    guard.forget(child.pid)
    guard.close()
    assert second.returncode == 0


def lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False

"""`reknock up`: everything starts, what dies comes back, and nothing is left behind."""

from __future__ import annotations

import contextlib
import signal
import socket
from collections.abc import Iterator

import psutil
import psycopg
import pytest

from tests.cli.copies import Copy, copies, eventually


@pytest.fixture
def copy() -> Iterator[Copy]:
    with copies(1) as (one,):
        yield one


@pytest.fixture
def light_copy(servers, database) -> Iterator[Copy]:
    """A copy on given servers, so that it starts faster."""
    with copies(1, DATABASE_URL=database, REDIS_URL=servers.redis.url) as (one,):
        yield one


def rows(copy: Copy) -> int:
    with psycopg.connect(copy.url("DATABASE_URL")) as conn:
        conn.execute("CREATE TABLE IF NOT EXISTS kept (i int)")
        conn.execute("INSERT INTO kept VALUES (1)")
        row = conn.execute("SELECT count(*) FROM kept").fetchone()
    assert row
    count: int = row[0]
    return count


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_good_order_and_leaves_no_process(copy, number):
    copy.start()
    assert len(copy.left()) > 5
    assert copy.ends(number) == 0
    assert copy.left() == []
    assert not (copy.home / "run.json").exists()


def test_killed_outright_it_leaves_no_process_and_keeps_its_data(copy):
    copy.start()
    assert rows(copy) == 1
    copy.ends(signal.SIGKILL)
    copy.start()  # at once: it waits for what the killed one left
    assert rows(copy) == 2
    copy.ends(signal.SIGKILL)
    eventually(lambda: not copy.left())


def test_killed_with_all_it_started_it_recovers(copy):
    copy.start()
    assert rows(copy) == 1
    for process in copy.left():
        with contextlib.suppress(psutil.NoSuchProcess):  # one of them may end by itself
            process.kill()
    copy.process.wait()
    eventually(lambda: not copy.left())
    copy.start()
    assert rows(copy) == 2


def test_two_copies_run_side_by_side():
    with copies(2) as (one, two):
        one.start()
        two.start()
        assert rows(one) == 1
        assert rows(two) == 1
        assert one.ends(signal.SIGTERM) == 0
        assert rows(two) == 2


@pytest.mark.parametrize(("words", "how"), [(["--demo"], "make run"), ([], "reknock up")])
def test_a_taken_port_is_said_before_anything_starts(copy, words, how):
    with socket.create_server(("127.0.0.1", copy.port)):
        refused = copy.reknock("up", *words)
        said, _ = refused.communicate()
    assert refused.returncode == 1
    assert f"Port {copy.port} of 127.0.0.1 cannot be used: Address already in use" in said
    assert f"PORT={copy.port + 1} {how}" in said
    assert not (copy.home / "postgres").exists()


def test_a_home_in_use_is_said(light_copy):
    light_copy.start()
    second = Copy(light_copy.home)
    refused = second.reknock("up")
    said, _ = refused.communicate()
    assert refused.returncode == 1
    assert f"already runs from {light_copy.home} (process {light_copy.process.pid})" in said
    assert "REKNOCK_HOME" in said


def test_a_process_that_dies_is_started_again(light_copy):
    light_copy.start()
    (first,) = light_copy.pids("sleep 1000")
    light_copy.kill(first)
    light_copy.says("idle    | killed by SIGKILL; starting again in 0.5 s")
    eventually(lambda: light_copy.pids("sleep 1000"))
    (second,) = light_copy.pids("sleep 1000")
    assert second != first
    light_copy.kill(second)
    light_copy.says("idle    | killed by SIGKILL; starting again in 1 s")


def test_a_private_server_that_dies_is_started_again_with_its_data(copy):
    copy.start()
    assert rows(copy) == 1
    for pid in copy.pids("/postgres -D"):
        copy.kill(pid)
    copy.says("the private postgres is up again")
    assert rows(copy) == 2


def test_given_servers_are_used_and_no_private_ones_start(light_copy):
    light_copy.start()
    assert not light_copy.said("starting the private")
    assert not (light_copy.home / "postgres").exists()
    assert rows(light_copy) == 1


def test_without_a_provider_the_start_says_so(light_copy):
    light_copy.start()
    assert light_copy.said(
        "NO PROVIDER for text messages (TWILIO_ACCOUNT_SID or VONAGE_API_KEY …) and for e-mail"
    )


def test_commands_find_the_running_copy_and_say_when_there_is_none(copy):
    copy.start()
    found = copy.reknock("db", "upgrade")
    said, complaint = found.communicate()
    assert (found.returncode, said, complaint) == (0, "The database is up to date.\n", "")
    copy.ends(signal.SIGTERM)
    lost = copy.reknock("db", "upgrade")
    said, complaint = lost.communicate()
    assert (lost.returncode, said) == (1, "")
    assert f"Nothing is running under {copy.home}. Start it with `reknock up`" in complaint

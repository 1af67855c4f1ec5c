"""`reknock doctor` names what is wrong and what to do, and fails only when it matters."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psycopg
import pytest
import redis
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from app.access import proving
from app.db import indexes, migrate
from tests.application import create_app
from tests.pages.web import free_port


def doctor(env: dict[str, str], folder: Path, *more: str) -> tuple[int, str, str]:
    """Exit status, standard output, standard error."""
    run = subprocess.run(
        [sys.executable, "-P", "-m", "app.cli", "doctor", *more],
        env=env,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return run.returncode, run.stdout, run.stderr


@pytest.fixture
def beating(env: dict[str, str]) -> dict[str, str]:
    """A copy whose clock process has just shown that it lives, however slow this machine is."""
    with psycopg.connect(env["DATABASE_URL"]) as conn:
        conn.execute("INSERT INTO heartbeats VALUES ('clock', now() + interval '10 minutes')")
    return env


def test_a_healthy_copy_passes(beating, tmp_path):
    to = ("--send-to", "+17145554231", "--send-to", "kim@example.com")
    status, said, complaint = doctor(beating, tmp_path, *to)
    assert (status, complaint) == (0, "")
    for line in (
        "ok    test by sms: the playground took it as ",
        "ok    test by whatsapp: the playground took it as ",
        "ok    test by voice: the playground took it as ",
        "ok    test by email: the playground took it as ",
        "ok    settings: every value can be used",
        "ok    migrations: up to date",
        "ok    clock: running",
        "ok    text messages: carried by the playground",
        "ok    indexes: all of them are there and whole",
        "ok    steps: none is late; 0 come due within the hour",
        "ok    clock of this machine: agrees with database, redis",
    ):
        assert line in said
    assert "noeviction" in said


def test_where_nothing_runs_it_says_how_to_start(tmp_path):
    status, said, complaint = doctor({"REKNOCK_HOME": str(tmp_path / "home")}, tmp_path)
    assert status == 1
    assert "fail  database: Nothing is running" in complaint
    assert "reknock up" in complaint
    assert "warn  e-mail: no provider" in said
    assert not (tmp_path / "home").exists()


def test_wrong_settings_are_named_before_anything_runs(tmp_path):
    wrong = {"PUBLIC_URL": "foo", "SMTP_URL": "bar", "TWILIO_ACCOUNT_SID": "AC1"}
    home = tmp_path / "home"
    status, _, complaint = doctor(wrong | {"REKNOCK_HOME": str(home), "SECRET_KEY": ""}, tmp_path)
    assert status == 1
    *faults, last = complaint.splitlines()
    names = ["PUBLIC_URL", "SMTP_URL", "TWILIO_AUTH_TOKEN", "TWILIO_FROM"]
    assert sorted(fault.split()[2] for fault in faults) == names
    assert last.startswith("fail  database: Nothing is running")
    assert not home.exists()


def test_every_wrong_setting_is_named(env, tmp_path):
    wrong = env | {"PORT": "http", "REKNOCK_DEMO": "maybe", "SMTP_URL": "mail.example"}
    status, _, complaint = doctor(wrong, tmp_path)
    assert status == 1
    assert "fail  settings: PORT must be a whole number from 1 to 65535, not 'http'" in complaint
    assert "fail  settings: REKNOCK_DEMO must be 1 or 0" in complaint
    assert "fail  settings: SMTP_URL must be an address like smtp://…" in complaint


def test_a_silent_clock_fails(env, tmp_path):
    status, _, complaint = doctor(env, tmp_path)
    assert status == 1
    assert "fail  clock: has never run here. Run `reknock clock`." in complaint
    with psycopg.connect(env["DATABASE_URL"]) as conn:
        conn.execute("INSERT INTO heartbeats VALUES ('clock', now() - interval '1 minute')")
    _, _, complaint = doctor(env, tmp_path)
    silent = re.search(r"fail  clock: silent for (\d+) s\.", complaint)
    assert silent
    assert 60 <= int(silent[1]) < 600


def test_a_missing_migration_fails(servers, env, tmp_path):
    empty = env | {"DATABASE_URL": servers.postgres.url_of("postgres")}
    status, _, complaint = doctor(empty, tmp_path)
    assert status == 1
    assert "missing, first 0001" in complaint
    assert "Run `reknock db upgrade`." in complaint


def test_servers_that_do_not_answer_fail(env, tmp_path):
    gone = env | {
        "DATABASE_URL": f"postgresql://localhost:{free_port()}/x",
        "REDIS_URL": f"redis://localhost:{free_port()}",
    }
    status, _, complaint = doctor(gone, tmp_path)
    assert status == 1
    for subject in ("database", "broker", "redis"):
        assert f"fail  {subject}: no answer" in complaint


def test_a_redis_that_forgets_is_warned_of(servers, beating, tmp_path):
    with redis.Redis.from_url(servers.redis.url) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        try:
            status, said, _ = doctor(beating, tmp_path)
        finally:
            client.config_set("maxmemory-policy", "noeviction")
    assert status == 0
    assert "warn  redis: maxmemory-policy is allkeys-lru. Set it to noeviction" in said


def test_outside_a_demo_what_nobody_can_follow_or_receive_is_warned_of(beating, tmp_path):
    bare = beating | {"REKNOCK_DEMO": "0", "SECRET_KEY": ""}
    status, said, _ = doctor(bare, tmp_path)
    assert status == 0
    for subject in ("SECRET_KEY", "PUBLIC_URL", "text messages", "e-mail"):
        assert f"warn  {subject}: " in said


def test_a_mail_server_is_asked(beating, tmp_path):
    server = Controller(Sink(), hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        configured = beating | {"SMTP_URL": f"smtp://127.0.0.1:{server.port}"}
        assert "ok    e-mail: 127.0.0.1 answers" in doctor(configured, tmp_path)[1]
    finally:
        server.stop()
    status, _, complaint = doctor(configured, tmp_path)
    assert status == 1
    assert "fail  e-mail: 127.0.0.1 refuses" in complaint


def test_an_sms_provider_that_does_not_answer_fails(beating, tmp_path):
    configured = beating | {
        "TWILIO_ACCOUNT_SID": "AC0",
        "TWILIO_AUTH_TOKEN": "t",
        "TWILIO_FROM": "+4930123456",
        "TWILIO_API_BASE": f"http://127.0.0.1:{free_port()}",
    }
    status, _, complaint = doctor(configured, tmp_path)
    assert status == 1
    assert "fail  text messages: Twilio does not answer" in complaint


def test_a_migration_that_was_changed_afterwards_is_named(beating, tmp_path):
    with psycopg.connect(beating["DATABASE_URL"]) as conn:
        conn.execute("UPDATE migrations SET checksum = 'another' WHERE number = 3")
    status, _, complaint = doctor(beating, tmp_path)
    assert status == 1
    assert "fail  migrations: app/db/migrations/0003_chain.sql was changed" in complaint
    upgrade = subprocess.run(
        [sys.executable, "-P", "-m", "app.cli", "db", "upgrade"],
        env=beating,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert upgrade.returncode == 1
    assert "0003_chain.sql was changed" in upgrade.stderr
    assert "Traceback" not in upgrade.stderr


def test_what_is_wrong_around_it_is_said_with_what_to_do(beating, tmp_path):
    """An index is gone, a step is late, and a stranger answers at the public address."""
    with psycopg.connect(beating["DATABASE_URL"]) as conn:
        conn.execute("DROP INDEX cases_shipper")
    stranger = ThreadingHTTPServer(("127.0.0.2", 0), Stranger)
    thread = threading.Thread(target=stranger.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        base = f"http://127.0.0.2:{stranger.server_port}"
        env = {
            **beating,
            "PUBLIC_URL": base,
            "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
            "TWILIO_AUTH_TOKEN": "t",
            "TWILIO_FROM": "+17145550100",
            "TWILIO_API_BASE": base,
        }
        args = ("--json", "--send-to", "+17145554231", "--send-to", "kim@example", "--send-to", "x")
        status, said, _ = doctor(env, tmp_path, *args)
    finally:
        stranger.shutdown()
        stranger.server_close()
        thread.join()
    assert status == 1
    document = json.loads(said)
    assert not document["ok"]
    found = {(one["level"], one["subject"]): one["text"] for one in document["findings"]}
    remedy = "CREATE INDEX cases_shipper ON cases (shipper_id, id);"
    assert found["fail", "index"] == f"cases_shipper is missing or unfinished. Run: {remedy}"
    assert "something else answers" in found["fail", "way in"]
    assert "differs from that of the twilio by" in found["fail", "clock of this machine"]
    assert "the twilio did not take it" in found["fail", "test by sms"]
    assert "no e-mail address and no number" in found["fail", "test"]


class Stranger(BaseHTTPRequestHandler):
    """Somebody else's server, whose clock is years behind."""

    def do_GET(self) -> None:
        self._answer(200)

    def do_HEAD(self) -> None:
        self._answer(200)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._answer(401)

    def date_time_string(self, _timestamp: float | None = None) -> str:
        return "Tue, 01 Jan 2019 00:00:00 GMT"

    def _answer(self, status: int) -> None:
        body = b"{}" if self.command != "HEAD" else b""
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


def test_the_indexes_of_the_migrations_are_those_of_a_database(env):
    with psycopg.connect(env["DATABASE_URL"]) as conn:
        assert indexes.wrong(conn) == {}
        there = conn.execute(
            """SELECT indexname FROM pg_indexes WHERE schemaname = 'public'
                  AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conname = indexname)"""
        ).fetchall()
        made = indexes.expected(migration.sql for migration in migrate.available())
        assert {name for (name,) in there} <= {*made}
        conn.execute("DROP INDEX cases_depot")
        assert indexes.wrong(conn) == {"cases_depot": f"{made['cases_depot']};"}


def test_who_answers_for_this_installation_can_prove_it(settings):
    client = create_app(settings).test_client()
    assert client.get("/healthz").get_json() == {"status": "ok"}
    one, other = (client.get(f"/healthz?prove={word}").get_json()["proof"] for word in "ab")
    assert one == proving.answer("a") != other

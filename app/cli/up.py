"""`reknock up`: everything at once, in the foreground, and nothing left behind."""

from __future__ import annotations

import contextlib
import http.client
import os
import shlex
import shutil
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import click

import app
from app import settings
from app.channels import providers
from app.cli import environment
from app.cli.errors import CommandError
from app.cli.processes import FIRST_DELAY, LONGEST_DELAY, Processes, Speaker, read_procfile
from app.cli.servers import Guard, HomeLock, Postgres, Redis, Server, ServerError
from app.db import migrate
from app.settings import Settings

TICK_SECONDS = 0.1
HEALTHY_SECONDS = 60.0


@click.command("up")
@click.option("--demo", is_flag=True, help="With the playground, demo data and a movable clock.")
@click.option(
    "--procfile",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=environment.ROOT / "Procfile",
    help="Run the processes of this file instead.",
)
def command(*, demo: bool, procfile: Path) -> None:
    """Start everything and keep it running until Ctrl-C.

    A private Postgres and Redis start too, unless DATABASE_URL and REDIS_URL are set.

    Example: PORT=8001 REKNOCK_HOME=/tmp/second reknock up --demo
    """
    env = environment.read()
    if demo:
        env["REKNOCK_DEMO"] = "1"
        if os.geteuid() == 0:  # fine for trying it out; outside a demo Celery may complain
            env.setdefault("PYTHONWARNINGS", "ignore:You're running the worker with superuser")
    if sys.stdout.isatty():
        env.setdefault("REKNOCK_LOG_FORMAT", "console")
    Up(env, procfile).run()


class _StoppedError(Exception):
    """A signal asked for the end while something slow was being done."""


class Up:
    """One copy of the whole service, from its lock to its last process."""

    def __init__(self, env: dict[str, str], procfile: Path) -> None:
        """Check the settings and that the port is free; nothing is started yet."""
        self.env = env
        self.procfile = procfile
        self.settings = settings.load(env)
        refuse_taken_port(self.settings)
        self.lock = HomeLock(self.settings.home)
        self.guard = Guard(self.lock)
        self.servers: list[Server] = []
        self.processes: Processes | None = None
        names = [name for name, _ in read_procfile(procfile)]
        self.speaker = Speaker(["reknock", *names])
        self.stopping = False
        self.hurry = False
        self._interruptible = False
        self._due: dict[str, tuple[float, float]] = {}

    def run(self) -> None:
        """Start all, watch over all until a signal comes, end all.

        Raises:
            CommandError: something does not start; what had started has ended again.
        """
        signal.signal(signal.SIGINT, self._on_signal)
        signal.signal(signal.SIGTERM, self._on_signal)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup asks to stay
            signal.signal(signal.SIGHUP, self._on_signal)
        self.lock.take()
        try:
            with contextlib.suppress(_StoppedError):
                self._start()
                self._greet()
                while not self.stopping:
                    self._tick()
        finally:
            self.stopping = True
            self._stop()

    def _start(self) -> None:
        started = time.monotonic()
        self._start_servers()
        with self._may_be_interrupted():
            for name in migrate.upgrade(self.settings.database_url):
                self._say(f"migrated {name}")
            if self.settings.demo:
                self._load_demo()
        self.processes = Processes(self.procfile, self.env, self.guard, self.speaker)
        environment.remember(self.settings)
        self._say_missing_providers()
        self.processes.tick()
        if self._becomes_healthy():
            self._say(f"up after {time.monotonic() - started:.1f} s")

    def _start_servers(self) -> None:
        home = self.settings.home
        if not self.settings.database_url:
            self.servers.append(Postgres(home, self.guard))
        if not self.settings.redis_url:
            self.servers.append(Redis(home, self.guard))
        for server in self.servers:
            if self.stopping:
                raise _StoppedError
            self._say(f"starting the private {server.name} under {server.home}")
            server.start()
            self.env["DATABASE_URL" if isinstance(server, Postgres) else "REDIS_URL"] = server.url
        self.settings = settings.load(self.env)
        self.env |= environment.exported(self.settings)
        self.env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{self.env.get('PATH', '')}"

    def _load_demo(self) -> None:
        from app.playground import demo  # noqa: PLC0415 - only a demo has it

        app.configure(self.settings)
        if begins := demo.begin_by_day():
            self._say(
                f"it is night at the demo's depot, when nobody is texted: its clock begins at "
                f"{begins:%H:%M} there, {begins:%A}"
            )
        environment.write_private(self.settings.home / "demo.json", demo.load(self.settings))

    def _becomes_healthy(self) -> bool:
        deadline = time.monotonic() + HEALTHY_SECONDS
        while not self.stopping and time.monotonic() < deadline:
            self._tick()
            if answers(self.settings.host, self.settings.port):
                return True
        if not self.stopping:
            self._say("the web process does not answer yet; its lines above may say why")
        return False

    def _greet(self) -> None:
        if self.stopping:
            return
        base = self.settings.public_url
        if self.settings.demo:
            self._post_sample()
            self._say(f"playground  {base}/playground")
        self._say(f"console     {base}/console")
        self._say(f"dashboard   {base}/dashboard")
        self._say(f"API         {base}/docs")
        if self.settings.demo:
            self._say(f"keys        {self.settings.home / 'demo.json'}")
        self._say("Ctrl-C stops everything")

    def _post_sample(self) -> None:
        from app.playground import demo  # noqa: PLC0415 - only a demo has it

        try:
            with self._may_be_interrupted():
                case = demo.post_sample(self.settings)
        except _StoppedError:
            raise
        except Exception as error:  # noqa: BLE001 - an extra; the service itself runs
            self._say(f"the sample failure could not be posted: {error}")
            return
        if case is not None:
            self._say(f"a courier reported a failed delivery: case {case}")
            self._say(f"its story: {self._how_to_call()} why {case}")

    def _how_to_call(self) -> str:
        """`reknock` as it is typed in this folder, for this copy."""
        script = Path(sys.executable).parent / "reknock"
        how = "reknock" if shutil.which("reknock") else os.path.relpath(script)
        if self.settings.home == settings.home_of({}):
            return how
        return f"REKNOCK_HOME={shlex.quote(str(self.settings.home))} {how}"

    def _say_missing_providers(self) -> None:
        chosen = providers.choose(self.settings)
        missing = [
            f"{title} ({providers.to_set(channel)} …)"
            for channel, title in providers.NEEDED.items()
            if channel not in chosen
        ]
        if missing:
            self._say("=" * 72)
            self._say(f"NO PROVIDER for {' and for '.join(missing)}:")
            self._say("nobody is reached that way. .env.example lists what to set.")
            self._say("=" * 72)

    def _tick(self) -> None:
        for server in self.servers:
            self._revive(server)
        if self.processes is not None:
            self.processes.tick()
        time.sleep(TICK_SECONDS)

    def _revive(self, server: Server) -> None:
        """Start a dead private server again, with the same back-off as any process."""
        if server.pid is not None:
            return
        due, delay = self._due.get(server.name, (0.0, FIRST_DELAY))
        if time.monotonic() < due:
            return
        self._say(f"the private {server.name} has died; starting it again")
        try:
            server.start()
            self._say(f"the private {server.name} is up again")
            delay = FIRST_DELAY
        except ServerError as error:
            self._say(str(error))
        self._due[server.name] = (time.monotonic() + delay, min(delay * 2, LONGEST_DELAY))

    def _stop(self) -> None:
        self._say("stopping")
        if self.processes is not None:
            self.processes.stop(lambda: self.hurry)
        for server in reversed(self.servers):
            server.stop()
        self.guard.close()
        environment.forget(self.settings.home)
        self.lock.give_back()

    def _say(self, text: str) -> None:
        self.speaker.say("reknock", text)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.hurry = self.stopping
        self.stopping = True
        if self._interruptible:
            raise _StoppedError

    @contextlib.contextmanager
    def _may_be_interrupted(self) -> Iterator[None]:
        if self.stopping:
            raise _StoppedError
        self._interruptible = True
        try:
            yield
        finally:
            self._interruptible = False


def refuse_taken_port(mine: Settings) -> None:
    """Say so now, before anything starts, when somebody else listens there.

    Raises:
        CommandError: the port is taken, or may not be used.
    """
    host, port = mine.host, mine.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        other = f"PORT={port + 1 if port < 65535 else 8000}"
        raise CommandError(
            f"Port {port} of {host} cannot be used: {os.strerror(error.errno or 0)}. Stop what "
            f"listens there, or choose another: {other} {'make run' if mine.demo else 'reknock up'}"
        ) from error


def answers(host: str, port: int) -> bool:
    """Whether the web process says that it is alive."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - not to bind
    web = http.client.HTTPConnection(host, port, timeout=2)
    with contextlib.closing(web):
        try:
            web.request("GET", "/healthz")
            return web.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False

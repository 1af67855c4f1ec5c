"""How a command finds the copy it is about: its environment, and what `up` left for it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import app
from app import settings
from app.cli.errors import NothingRunsError
from app.cli.servers.lock import HomeLock
from app.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
"""The folder with the Procfile."""


def read() -> dict[str, str]:
    """The environment over the lines of `.env` in the working directory, if there is one."""
    return _dotenv(Path(".env")) | os.environ


def attach(env: Mapping[str, str] | None = None) -> Settings:
    """Settings of the copy a command is about; this process is configured for it.

    That is the one DATABASE_URL names, else the one that runs under REKNOCK_HOME.

    Raises:
        NothingRunsError: neither is there.
        SettingsError: the environment has a value that cannot be used.
    """
    env = read() if env is None else env
    running = recall(settings.home_of(env))
    if running is None and not env.get("DATABASE_URL"):
        raise NothingRunsError(
            f"Nothing is running under {settings.home_of(env)}. Start it with `reknock up` "
            "(`make run` for the demo), or set DATABASE_URL."
        )
    found = settings.load((running or {}) | {name: text for name, text in env.items() if text})
    app.configure(found)
    return found


def become() -> None:
    """Let this process be one more of the copy that `attach` finds.

    Raises:
        NothingRunsError: there is none.
        SettingsError: the environment has a value that cannot be used.
    """
    os.environ.update(exported(attach()))


def exported(mine: Settings) -> dict[str, str]:
    """What the processes of a copy, and commands about it, are told by their environment."""
    return {
        "DATABASE_URL": mine.database_url,
        "REDIS_URL": mine.redis_url,
        "BROKER_URL": mine.broker_url,
        "SECRET_KEY": mine.secret_key,
        "PUBLIC_URL": mine.public_url,
        "PORT": str(mine.port),
        "REKNOCK_HOME": str(mine.home),
        "REKNOCK_HOST": mine.host,
        "REKNOCK_DEMO": "1" if mine.demo else "0",
        "REKNOCK_WEB_WORKERS": str(mine.web_workers),
        "REKNOCK_DATABASE_POOLED": "1" if mine.database_pooled else "0",
    }


def remember(mine: Settings) -> None:
    """Leave word for `attach` of what runs here; `forget` takes it back."""
    write_private(mine.home / "run.json", {"pid": os.getpid(), "environment": exported(mine)})


def recall(home: Path) -> dict[str, str] | None:
    """What the running copy under `home` exported to its processes; None if none runs."""
    try:
        known: dict[str, Any] = json.loads((home / "run.json").read_text())
    except FileNotFoundError:
        return None
    return known["environment"] if HomeLock(home).held() else None


def forget(home: Path) -> None:
    """Nothing runs under `home` any more."""
    (home / "run.json").unlink(missing_ok=True)


def write_private(path: Path, document: Mapping[str, Any]) -> None:
    """Write JSON that holds secrets: for its owner alone, and whole or not at all."""
    draft = path.with_suffix(f".{os.getpid()}")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(document, indent=2) + "\n")
    draft.replace(path)


def _dotenv(path: Path) -> dict[str, str]:
    """`NAME=value` lines; quotes around a value, comments and `export` are allowed."""
    try:
        lines = path.read_text().splitlines()
    except FileNotFoundError:
        return {}
    pairs = (line.removeprefix("export ").partition("=") for line in lines if "=" in line)
    return {
        name.strip(): value.strip().strip("'\"")
        for name, _, value in pairs
        if not name.lstrip().startswith("#")
    }

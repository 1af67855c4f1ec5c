"""What the demo's couriers sign with: drawn once, into files that its set-up file refers to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from app.intake import samples


def draw(accounts: Mapping[str, Mapping[str, Any]], folder: Path, keys: str) -> None:
    """Write what is not there yet, for its owner alone; `keys` is where public keys are read."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for slug, said in accounts.items():
        if not any(folder.glob(f"{slug}.*")):
            for name, text in _fresh(said, f"{keys}/{slug}"):
                (folder / name).touch(mode=0o600)
                (folder / name).write_text(text)


def _fresh(said: Mapping[str, Any], keys: str) -> Iterator[tuple[str, str]]:
    """The files that an account refers to, and what is to stand in them."""
    fresh = samples.credentials(said["courier"])
    if "secret" in said:
        yield said["secret"].file, fresh.secrets[0]
    for name, secret in said.get("headers", {}).items():
        yield secret.file, fresh.headers[name]
    for place in said.get("config", {}).values():
        yield place.file, keys
    if "config_file" in said:
        yield said["config_file"], json.dumps(fresh.config)

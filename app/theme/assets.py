"""Static files under an address that holds their digest, so that browsers keep them for good."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from functools import cache
from pathlib import Path
from typing import NamedTuple

_FOLDER = Path(__file__).parent / "static"


class Asset(NamedTuple):
    """One static file, read once per process."""

    body: bytes
    zipped: bytes
    digest: str
    content_type: str


@cache
def _all() -> dict[str, Asset]:
    return {path.name: _read(path) for path in _FOLDER.iterdir() if path.is_file()}


def _read(path: Path) -> Asset:
    body = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if kind.startswith("text/") or kind.endswith("javascript"):
        kind += "; charset=utf-8"
    return Asset(body, gzip.compress(body, mtime=0), hashlib.sha256(body).hexdigest()[:12], kind)


def find(name: str) -> Asset | None:
    """The file of this name; None if there is none."""
    return _all().get(name)


def address(name: str) -> str:
    """Where a page finds the file.

    Raises:
        KeyError: there is no such file.
    """
    return f"/assets/{_all()[name].digest}/{name}"

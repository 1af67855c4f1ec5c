"""What a check of `reknock doctor` found."""

from __future__ import annotations

from dataclasses import dataclass

PATIENCE_SECONDS = 5
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Finding:
    """One line of the answer. `level` is `ok`, `warn` or `fail`."""

    level: str
    subject: str
    text: str

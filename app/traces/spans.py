"""What a trace is made of: one span for the webhook, each step of its case and each call.

Nothing is handed on from process to process: the webhook's own ids are made from its request id,
which its case, every step and every message carry. Where no collector is named, nothing of
OpenTelemetry is imported and a span costs one comparison.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

Value = str | int | bool


class Kind(StrEnum):
    """What a span is about; the first is the one that all others of its trace stand below."""

    WEBHOOK = "webhook"
    STEP = "step"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Span:
    """Something that has just ended. Its attributes hold ids, codes and times, as logs do."""

    kind: Kind
    name: str
    request_id: str
    seconds: float
    ended_ns: int
    failed: bool
    attributes: dict[str, Value]


_export: Callable[[Span], None] | None = None


def configure(traces_to: str) -> None:
    """Let this process tell the collector at this address; nobody if it is empty.

    Raises:
        ModuleNotFoundError: the extra `otel` is not installed.
    """
    global _export  # noqa: PLW0603 - one collector per process is the point
    _export = None
    if traces_to:
        from app.traces import exporting  # noqa: PLC0415 - only with the extra

        _export = exporting.to(traces_to)


def ended(
    kind: Kind,
    name: str,
    request_id: str,
    seconds: float,
    *,
    failed: bool = False,
    **attributes: Value | None,
) -> None:
    """This has just ended after so many seconds; without a request id it belongs to no trace."""
    if _export is None or not request_id:
        return
    known = {key: value for key, value in attributes.items() if value is not None}
    _export(Span(kind, name, request_id, seconds, time.time_ns(), failed, known))


def ids(request_id: str) -> tuple[int, int]:
    """The ids of this request's trace and of its webhook's span, the same in every process."""
    digest = hashlib.blake2b(request_id.encode(), digest_size=24).digest()
    return int.from_bytes(digest[:16]), int.from_bytes(digest[16:])

"""Structured logs: one line per event, with the ids that tie a story together.

Bind `request_id`, `case_id` and the like with `structlog.contextvars.bind_contextvars`;
they appear on every line of that request or task. Personal data and secrets do not: what
is logged under a name that promises such a thing is left out.
"""

from __future__ import annotations

import io
import json
import logging
import re
import sys
from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any, TextIO, cast

import orjson
import structlog
from typing_extensions import override

PRIVATE = frozenset(
    {
        "address",
        "authorization",
        "body",
        "cookie",
        "email",
        "name",
        "password",
        "phone",
        "recipient",
        "secret",
        "signature",
        "text",
        "token",
    }
)
"""A key with one of these words in it (`phone`, `access_token`) is left out."""
_DETAIL = re.compile(
    r"(?:\n|\\n)DETAIL:.*?(?=\n\n(?:During handling of|The above exception) |\Z)", re.DOTALL
)
"""What Postgres adds to its message: the values of the row that it refused."""


def configure(log_format: str = "json", level: int = logging.INFO) -> None:
    """Set up structlog and the standard library's logging, both to standard error.

    `log_format` is `json` or `console`. May be called again.
    """
    before: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        redact,
    ]
    after: list[structlog.typing.Processor]
    if log_format == "console":
        after = [
            without_details,
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(),
                exception_formatter=_traceback,
            ),
        ]
    else:
        after = [
            structlog.processors.format_exc_info,
            without_details,
            structlog.processors.JSONRenderer(serializer=_json),
        ]
    structlog.configure(
        processors=[*before, *after],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=cast("TextIO", _Stderr())),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(_Stderr())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*before, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *after],
        )
    )
    logging.basicConfig(handlers=[handler], level=max(level, logging.WARNING), force=True)


class _Stderr(io.TextIOBase):
    """Whatever standard error is when a line is written; test runners exchange it."""

    @override
    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    @override
    def flush(self) -> None:
        sys.stderr.flush()


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The event without its private keys, at any depth; a structlog processor."""
    for key in [key for key in event if _is_private(key)]:
        del event[key]
    for key, value in event.items():
        if isinstance(value, dict | list | tuple):
            event[key] = _without_private(value)
    return event


def without_details(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """The event without the rows that errors of the database quote; a structlog processor."""
    for key, value in event.items():
        if isinstance(value, str) and "DETAIL:" in value:
            event[key] = _DETAIL.sub("", value)
    return event


def _traceback(file: TextIO, exc_info: Any) -> None:
    text = io.StringIO()
    structlog.dev.plain_traceback(text, exc_info)  # others show variables
    file.write(_DETAIL.sub("", text.getvalue()))


def _without_private(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_private(v) for k, v in value.items() if not _is_private(str(k))}
    if isinstance(value, list | tuple):
        return [_without_private(item) for item in value]
    return value


@lru_cache(maxsize=1024)
def _is_private(key: str) -> bool:
    return not PRIVATE.isdisjoint(key.lower().replace("-", "_").split("_"))


def _json(event: Any, **_options: Any) -> str:
    try:
        return orjson.dumps(event, default=repr, option=orjson.OPT_NON_STR_KEYS).decode()
    except TypeError:  # half a character, or a huge number, from a courier's body: escape it
        return json.dumps(event, default=repr, skipkeys=True)

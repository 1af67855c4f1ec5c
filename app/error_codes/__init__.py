"""Every code that stands in a problem document: its title, what it means and what to do.

A problem's `type` is the address of the page that shows this: `/docs/errors/<code>`.
A new code stands in the file of whoever meets it.
"""

from __future__ import annotations

import re

from werkzeug.exceptions import default_exceptions

from app.error_codes import asking, cases, operating, orders, pages, set_up, webhooks
from app.error_codes.code import ErrorCode

__all__ = ["CODES", "ErrorCode", "find", "http_code"]

_TABLES = (asking, orders, cases, webhooks, pages, operating, set_up)

CODES = {code.code: code for table in _TABLES for code in table.TABLE}


def http_code(name: str) -> str:
    """The code of an HTTP error that is named so, as `Not Found`."""
    return re.sub(r"[^a-z]+", "_", name.lower()).strip("_") or "error"


_PLAIN = {
    http_code(error().name or ""): ErrorCode(
        http_code(error().name or ""),
        status,
        (error().name or "").capitalize(),
        error().description or "",
        "Compare the request with the reference.",
    )
    for status, error in default_exceptions.items()
}
"""What HTTP itself can answer, in its own words, where the tables say no more."""


def find(code: str) -> ErrorCode | None:
    """What is said of a code; None when there is none."""
    return CODES.get(code) or _PLAIN.get(code)

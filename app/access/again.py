"""Somebody is asked to press again if they mean it: their cookie holds what that was about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

from flask import session

from app.errors import Problem

_ASKED = "asked_again"


@contextmanager
def asked(code: str, what: str) -> Iterator[bool]:
    """Whether this was asked about before, and is pressed again.

    A problem of this code asks about it.
    """
    digest = sha256(what.encode()).hexdigest()[:16]
    try:
        yield session.get(_ASKED) == digest
    except Problem as problem:
        if problem.code == code:
            session[_ASKED] = digest
        raise

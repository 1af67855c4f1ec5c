"""Hosts of shippers' own that lead here: what may be asked for there, and whose pages they open.

Only what customers use is answered at such a host, and only its own shipper's. The list is looked
up now and then; a host that was added leads here everywhere within half a minute.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from flask import Flask, request

from app import clock
from app.access import links
from app.db import connection as db
from app.directory import brands_store as store
from app.errors import Problem

_FOR_CUSTOMERS = ("/c", "/d", "/verify", "/assets", "/brand", "/favicon.ico", "/healthz")
_KEPT = 30.0  # seconds
_known: dict[str, tuple[float, Mapping[str, int]]] = {}


def known() -> Mapping[str, int]:
    """The shippers by their hosts."""
    now = clock.machine_now().timestamp()
    since, found = _known.get(db.url(), (0.0, {}))
    if now - since > _KEPT:
        found = store.domains(db.connection())
        _known[db.url()] = (now, found)
    return found


def forget() -> None:
    """Look again: somebody in this process has changed one."""
    _known.pop(db.url(), None)


def check(shipper_id: int) -> None:
    """Let a page of this shipper be shown at the host that it was asked for.

    Raises:
        Problem: 404 the host is another shipper's.
    """
    owner = _owner()
    if owner is not None and owner != shipper_id:
        raise Problem(404, "unknown_link", "This link is not known.")


def guard(app: Flask) -> None:
    """Answer at shippers' hosts nothing but what customers use."""

    @app.before_request
    def only_customers() -> None:
        path = request.path
        allowed = any(path == at or path.startswith(f"{at}/") for at in _FOR_CUSTOMERS)
        if not allowed and _owner() is not None:
            raise Problem(404, "not_found", "There is nothing here.")


def _owner() -> int | None:
    """The shipper whose host was asked; None where it is ours, which costs no look."""
    host = request.host.partition(":")[0].rstrip(".").lower()
    return None if host == urlsplit(links.at("/")).hostname else known().get(host)

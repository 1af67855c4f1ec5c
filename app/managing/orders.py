"""Verbs on a shipper's orders: when many are held, and where its system is asked for a contact.

In the caller's transaction. A token is never remembered: that it changed is.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from app.access import vault
from app.contact.lookup import service as lookup
from app.contact.lookup.rules import BadAddress
from app.db.connection import Connection
from app.directory.changes import By, record
from app.languages.language import mark
from app.managing import brands
from app.managing.faults import wrong_fields
from app.shipments.orders import store

USUAL_SHARE = 0.3
"""The share of invalid numbers over which orders are held where nobody says another one."""


class Lookup(NamedTuple):
    """Where a shipper's own system is asked for a contact; an empty `url`: nowhere."""

    url: str = ""
    token: str = ""


def lookup_of(conn: Connection, slug: str) -> Lookup:
    """Where it is asked now."""
    row = store.order_settings(conn, slug) or {}
    sealed = row.get("lookup_token")
    return Lookup(row.get("lookup_url") or "", vault.unseal(sealed) if sealed else "")


def put_lookup(conn: Connection, who: By, slug: str, wanted: Lookup, now: datetime) -> bool:
    """Let its system be asked there; False where it is already.

    Raises:
        Problem: 404 no such shipper; 422 that can never be called.
    """
    shipper = brands.find(conn, slug)
    before = lookup_of(conn, slug)
    if wanted == before:
        return False
    try:
        lookup.set_address(conn, slug, wanted.url or None, wanted.token or None, now)
    except BadAddress as error:
        raise wrong_fields("shipper_unusable", {"url": error.args[0]}) from None
    was, became = ({mark("asked for a contact at"): one.url} for one in (before, wanted))
    if wanted.token != before.token:
        was |= {mark("token"): mark("the former") if before.token else ""}
        became |= {mark("token"): mark("changed") if wanted.token else ""}
    return record(conn, who, "shipper", (shipper.id, shipper.name), None, was, became, now)


def put_hold_share(conn: Connection, who: By, slug: str, share: float, now: datetime) -> bool:
    """Let its orders be held when more of their numbers are invalid; False where they are already.

    Raises:
        Problem: 404 no such shipper; 422 it is no share.
    """
    shipper = brands.find(conn, slug)
    if not 0 <= share <= 1:
        raise wrong_fields("shipper_unusable", {"": mark("A share is from 0 to 1.")})
    before = store.hold_share(conn, shipper.id)
    store.set_hold_share(conn, slug, share)
    was, became = ({mark("orders are held over"): f"{one:.4g}"} for one in (before, share))
    return record(conn, who, "shipper", (shipper.id, shipper.name), None, was, became, now)

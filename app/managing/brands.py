"""Verbs on how a shipper looks to its customers. In the caller's transaction."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from psycopg.errors import UniqueViolation
from psycopg.types.json import Jsonb

from app.access import links
from app.db.connection import Connection, after_commit
from app.directory import colours, domains
from app.directory.brand import Brand
from app.directory.changes import By, record
from app.errors import Problem
from app.languages.language import mark
from app.languages.sentence import sentence
from app.managing import brands_store as store
from app.managing.brands_store import Branded
from app.managing.faults import wrong_fields
from app.shipments.reachable import check_email

_LONGEST = {"name": 60, "sender": 60, "imprint": 600, "recommend": 200}
_HOST = re.compile(
    r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]\Z"
)
_WORDS = {
    "name": mark("name"),
    "colour": mark("colour"),
    "dark": mark("colour on dark screens"),
    "logo": mark("logo"),
    "sender": mark("sender"),
    "reply_to": mark("answers to"),
    "imprint": mark("imprint"),
    "recommend": mark("where it is recommended"),
    "domain": mark("domain"),
}


def find(conn: Connection, slug: str) -> Branded:
    """A shipper and how it looks, locked.

    Raises:
        Problem: 404 there is none.
    """
    found = store.lock(conn, slug)
    if found is None:
        raise Problem(404, "no_such_shipper", sentence("There is no shipper {it}.", it=repr(slug)))
    return found


def put(conn: Connection, who: By, slug: str, given: Mapping[str, str], now: datetime) -> bool:
    """Let a shipper look so; what is not given stays. False when it does already.

    Raises:
        Problem: 404 no such shipper; 422 with what is wrong by field, and what would be right.
    """
    before = find(conn, slug)
    brand = read({**before.brand.as_json(), **given})
    try:
        with conn.transaction():
            store.write(conn, slug, Jsonb(brand.as_json()))
    except UniqueViolation as error:
        raise wrong_fields(
            "brand_unusable", {"domain": mark("Another shipper has this domain.")}
        ) from error
    after_commit(domains.forget)
    was, becomes = _facts(before.brand), _facts(brand)
    return record(conn, who, "brand", (before.id, before.name), None, was, becomes, now)


def read(given: Mapping[str, str]) -> Brand:
    """What somebody gave, as it is kept.

    Raises:
        Problem: 422 with what is wrong by field.
    """
    said = {name: text.strip() for name, text in given.items()}
    faults = {**_too_long(said), **_no_names(said)}
    for name, dark in (("colour", False), ("dark", True)):
        if written := said.get(name):
            said[name] = colours.read(written)
            faults |= _colour_fault(name, said[name], dark=dark)
    if said.get("dark") and not said.get("colour"):
        faults["colour"] = mark("Give the colour for light screens, too.")
    for name, usable, why in (
        ("reply_to", check_email, mark("No mail can be sent to this address.")),
        ("domain", _host, mark("Only a host name of yours, such as parcels.example.com.")),
        ("recommend", _link, mark("Only a link that begins with https://.")),
    ):
        if written := said.get(name):
            said[name] = usable(written) or ""
            faults |= {} if said[name] else {name: why}
    if faults:
        raise wrong_fields("brand_unusable", faults)
    return Brand.read(said)


def _colour_fault(name: str, colour: str, *, dark: bool) -> dict[str, str]:
    if not colour:
        return {name: mark("Write a colour like #0d5c4c.")}
    if colours.legible(colour, dark=dark):
        return {}
    near = f"#{colours.suggested(colour, dark=dark)}"
    if dark:
        why = mark("Many people could not read it on a dark screen. {colour} can be read.")
    else:
        why = mark("Many people could not read it on a light screen. {colour} can be read.")
    return {name: sentence(why, colour=near)}


def _too_long(said: Mapping[str, str]) -> dict[str, str]:
    return {
        name: sentence("Up to {most} characters, please.", most=most)
        for name, most in _LONGEST.items()
        if len(said.get(name, "")) > most
    }


def _no_names(said: Mapping[str, str]) -> dict[str, str]:
    """What would be read as more than a name where it stands in a mail's head."""
    return {
        name: mark("Only a name, please, without an address.")
        for name in ("name", "sender")
        if not said.get(name, "").isprintable() or set(said.get(name, "")) & set('<>@"')
    }


def _host(text: str) -> str:
    """A host that can be a shipper's; empty when it is none, an address of a machine, or ours."""
    try:
        host = text.strip().rstrip(".").lower().encode("idna").decode()
    except UnicodeError:
        return ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        ours = urlsplit(links.at("/")).hostname or ""
        return host if _HOST.match(host) and host != ours else ""
    return ""


def _link(text: str) -> str:
    """A link that customers can be given; empty when it is none."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    known = parts.scheme == "https" and not parts.username and _host(parts.hostname or "")
    return text if known and text.isascii() and len(text.split()) == 1 else ""


def _facts(brand: Brand) -> dict[str, Any]:
    return {_WORDS[name]: value for name, value in brand.as_json().items()}

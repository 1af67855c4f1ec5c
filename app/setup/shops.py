"""What a shipper of a set-up file says of its customers and its own systems, both ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from app import files
from app.db.connection import Connection
from app.directory.brand import Brand
from app.errors import Problem
from app.managing import brands, logos, orders, retention, retention_store
from app.outbound import service as outbound
from app.outbound import store as outbound_store
from app.setup.fields import env_name
from app.shipments.orders import store as orders_store

if TYPE_CHECKING:
    from app.setup.applying import Work

_BRAND = ("name", "colour", "dark", "sender", "reply_to", "imprint", "domain")


def put(work: Work, slug: str, said: Mapping[str, Any]) -> None:
    """Let a shipper look so, remember for so long, and be told so."""
    for name, act in _PARTS.items():
        if name in said:
            with work.at("shippers", slug, name):
                act(work, slug, said[name])


def _brand(work: Work, slug: str, said: Mapping[str, Any]) -> None:
    given = {name: said.get(name, "") for name in _BRAND} | {"logo": ""}
    if "logo" in said:
        try:
            content = (work.document.folder / said["logo"]).read_bytes()
        except OSError as error:
            raise _unusable("logo", f"It cannot be read: {error.strerror}.") from error
        given["logo"] = logos.keep(content)
    brands.put(work.conn, work.who, slug, given, work.now)


def _retention(work: Work, slug: str, said: Mapping[str, Any]) -> None:
    retention.put(work.conn, work.who, slug, {**dict.fromkeys(retention.NAMES), **said}, work.now)


def _webhooks(work: Work, slug: str, said: list[Mapping[str, Any]]) -> None:
    shipper_id = brands.find(work.conn, slug).id
    known = {one.url: one for one in outbound_store.listed(work.conn, shipper_id)}
    for number, one in enumerate(said):
        here = ("shippers", slug, "webhooks", str(number))
        with work.at(*here):
            _webhook(work, shipper_id, known.get(one["url"]), one, ".".join(here))


def _webhook(
    work: Work,
    shipper_id: int,
    known: outbound_store.Endpoint | None,
    said: Mapping[str, Any],
    place: str,
) -> None:
    conn, who, now, plain = work.conn, work.who, work.now, work.plain
    url, kinds = said["url"], said["kinds"]
    secret = work.secret(said, new=known is None)
    if known is None:
        known, made = outbound.add(
            conn, who, shipper_id, url, kinds, now, plain=plain, secret=secret
        )
        if not secret:
            work.made[place] = made
    else:
        outbound.change(conn, who, known, url, kinds, now, plain=plain)
        if secret:
            outbound.take_secret(conn, who, known, secret, now)
    if said["paused"]:
        outbound.pause(conn, who, known, now)
    elif known.state == "paused" and known.why == "asked":
        outbound.resume(conn, who, known, now)


def _lookup(work: Work, slug: str, said: Mapping[str, Any]) -> None:
    before, token = orders.lookup_of(work.conn, slug), ""
    if "token" in said:
        known = before.token if before.url == said["url"] else ""
        token = work.secret(said, "token", new=not known) or known
    orders.put_lookup(work.conn, work.who, slug, orders.Lookup(said["url"], token), work.now)


def _hold_share(work: Work, slug: str, said: float) -> None:
    orders.put_hold_share(work.conn, work.who, slug, said, work.now)


_PARTS: Mapping[str, Callable[[Work, str, Any], None]] = {
    "brand": _brand,
    "retention": _retention,
    "webhooks": _webhooks,
    "lookup": _lookup,
    "hold_share": _hold_share,
}


def export(conn: Connection, slug: str, beside: dict[str, str | bytes]) -> dict[str, Any]:
    """What a shipper says, as a file says it; its logo stands beside it."""
    branded = brands.find(conn, slug)
    brand = _said_brand(slug, branded.brand, beside)
    days = retention_store.read(conn, slug)
    webhooks = [
        {
            "url": one.url,
            **({"kinds": one.kinds} if one.kinds else {}),
            **({"paused": True} if (one.state, one.why) == ("paused", "asked") else {}),
            "secret": {"env": env_name(slug, "webhook", str(number), "secret")},
        }
        for number, one in enumerate(outbound_store.listed(conn, branded.id), 1)
    ]
    found = {
        "brand": brand,
        "retention": days,
        "webhooks": webhooks,
        "lookup": _said_lookup(conn, slug),
        "hold_share": _said_share(conn, branded.id),
    }
    return {name: said for name, said in found.items() if said not in ({}, [], None)}


def _said_lookup(conn: Connection, slug: str) -> dict[str, Any]:
    asked = orders.lookup_of(conn, slug)
    if not asked.url:
        return {}
    token = {"token": {"env": env_name(slug, "lookup", "token")}} if asked.token else {}
    return {"url": asked.url, **token}


def _said_share(conn: Connection, shipper_id: int) -> float | None:
    """As many set-ups say nothing of it, only what is otherwise than where nobody says it."""
    share = orders_store.hold_share(conn, shipper_id)
    return None if share == orders.USUAL_SHARE else share


def _said_brand(slug: str, brand: Brand, beside: dict[str, str | bytes]) -> dict[str, str]:
    said = brand.as_json()
    picture = files.get(f"brands/{brand.logo}.png") if brand.logo else None
    for name in ("colour", "dark"):
        if name in said:
            said[name] = f"#{said[name]}"
    said.pop("logo", None)
    if picture:
        said["logo"] = f"{slug}.logo.png"
        beside[said["logo"]] = picture
    return said


def _unusable(field: str, why: str) -> Problem:
    return Problem(422, "invalid", why, errors=[{"field": field, "code": "invalid", "detail": why}])

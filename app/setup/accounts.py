"""The courier accounts of a set-up file, both ways. No secret stands in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson

from app.access import vault
from app.db.connection import Connection
from app.directory import accounts_store
from app.directory import store as directory
from app.errors import Problem
from app.intake import couriers
from app.managing import accounts, areas, connecting, depots_store
from app.managing import accounts_store as managed
from app.managing.accounts_store import Account
from app.setup.fields import Secret, env_name

if TYPE_CHECKING:
    from app.setup.applying import Work

_KEEP = timedelta(hours=24)
"""So long the former secret is valid beside a new one: no webhook is lost to a new file."""


def put(work: Work, slug: str, said: Mapping[str, Any]) -> None:
    """Let an account be so, and its bookings go this way."""
    if said["courier"] not in couriers.NAMES:
        why = f"There is no courier {said['courier']!r}. Known: {', '.join(couriers.NAMES)}."
        raise _refused("courier", why)
    known = managed.lock(work.conn, slug)
    secret, headers = _credentials(work, said, new=known is None)
    shipper_id = directory.shipper_id(work.conn, said["shipper"])
    depot_id = directory.depot_id(work.conn, said["depot"])
    assert shipper_id and depot_id  # noqa: S101, PT018 - every name was checked before
    wanted = accounts.New(
        slug=slug,
        courier=said["courier"],
        shipper_id=shipper_id,
        depot_id=depot_id,
        timezone=said["timezone"],
        secrets=[secret] if secret else [],
        headers=headers,
        config=_config(work, said, known),
    )
    connecting.put(work.conn, work.who, wanted, work.now, keep=_KEEP)
    if "test_events" in said:
        accounts.set_test_events(work.conn, work.who, slug, work.now, on=said["test_events"])
    if "rules" in said:
        accounts.set_rules(work.conn, work.who, slug, said["rules"], work.now)
    if "terms" in said:
        accounts.set_terms(work.conn, work.who, slug, said["terms"], work.now)
    if "postcodes" in said:
        network = {depot: areas.read(",".join(of)) for depot, of in said["postcodes"].items()}
        areas.put_network(work.conn, work.who, slug, network, work.now)
    if "connector" in said:
        _connect(work, slug, said["connector"])


def _credentials(
    work: Work, said: Mapping[str, Any], *, new: bool
) -> tuple[str | None, dict[str, str]]:
    secret = _read(work, said["secret"], "secret", new=new) if "secret" in said else None
    headers = {
        name.lower(): value
        for name, ref in said.get("headers", {}).items()
        if (value := _read(work, ref, f"headers.{name}", new=new))
    }
    return secret, headers


def _read(work: Work, secret: Secret, field: str, *, new: bool) -> str | None:
    """The value; of what is there already a missing one is left as it is.

    Raises:
        Problem: 422, what is new needs it.
    """
    value = secret.read(work.document.folder)
    if value is None and new:
        raise _refused(field, f"There is no {secret.place}: set it, and run this again.")
    if value is None:
        work.notes.append(f"There is no {secret.place}: what is stored stays as it is.")
    return value


def _config(work: Work, said: Mapping[str, Any], known: Account | None) -> dict[str, Any] | None:
    """What its adapter asks for; None where the file does not say it."""
    if "config_file" in said:
        path = work.document.folder / said["config_file"]
        try:
            found: dict[str, Any] = json.loads(path.read_text())
        except (OSError, ValueError) as error:
            raise _refused("config_file", f"It cannot be read: {error}.") from error
        return found
    if "config" not in said:
        return None
    before = known.config if known else {}
    return {
        name: _read(work, value, f"config.{name}", new=name not in before) or before[name]
        if isinstance(value, Secret)
        else value
        for name, value in said["config"].items()
    }


def _connect(work: Work, slug: str, said: Mapping[str, Any]) -> None:
    row = accounts_store.account(work.conn, slug) or {}
    sealed = row.get("connector_values")
    before = orjson.loads(vault.unseal(sealed)) if sealed else {}
    same = row.get("connector") == said["name"]
    values = {}
    for name, value in said["values"].items():
        text = value
        if isinstance(value, Secret):
            known = before.get(name) if same else None
            text = _read(work, value, f"connector.values.{name}", new=known is None) or known
        values[name] = text
    if (same, values) != (True, before):
        accounts.connect(work.conn, work.who, slug, said["name"], values, work.now)


def _headers(conn: Connection, slug: str) -> dict[str, str]:
    row = accounts_store.lock(conn, slug) or {}
    found: dict[str, str] = orjson.loads(vault.unseal(row["headers"])) if row["headers"] else {}
    return found


def _refused(field: str, why: str) -> Problem:
    errors = [{"field": field, "code": "invalid", "detail": why}]
    return Problem(422, "account_unusable", why, errors=errors)


def export(conn: Connection) -> dict[str, Any]:
    """Every account, as a file says it: where its secrets are to be found, and none of them."""
    return {one.slug: _said(conn, one) for one in managed.listed(conn)}


def _said(conn: Connection, account: Account) -> dict[str, Any]:
    row = accounts_store.account(conn, account.slug) or {}
    said: dict[str, Any] = {
        "courier": account.courier,
        "shipper": account.shipper,
        "depot": account.depot,
        "timezone": account.timezone,
    }
    if row["secrets"]:
        said["secret"] = {"env": env_name(account.slug, "secret")}
    if headers := _headers(conn, account.slug):
        said["headers"] = {header: {"env": env_name(account.slug, header)} for header in headers}
    config = {
        name: {"env": env_name(account.slug, name)} if name in accounts.SECRET else value
        for name, value in account.config.items()
        if name != "accept_test"
    }
    if config:
        said["config"] = config
    if account.config.get("accept_test"):
        said["test_events"] = True
    if account.rules:
        said["rules"] = account.rules
    if account.terms:
        said["terms"] = account.terms
    if network := depots_store.network(conn, account.slug):
        said["postcodes"] = network
    if account.connector:
        sealed = row["connector_values"]
        values = orjson.loads(vault.unseal(sealed)) if sealed else {}
        said["connector"] = {
            "name": account.connector,
            "values": {
                key: value if key == "base" else {"env": env_name(account.slug, key)}
                for key, value in values.items()
            },
        }
    return said

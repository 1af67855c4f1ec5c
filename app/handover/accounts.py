"""How a courier account's bookings reach its courier, and the values its connector needs."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from app.access import vault
from app.db.connection import Connection
from app.directory import accounts_store
from app.errors import Problem
from app.handover import connectors
from app.languages.sentence import sentence


def connect(conn: Connection, slug: str, name: str, values: Mapping[str, str]) -> None:
    """Let an account use this connector with these values from now on.

    Raises:
        Problem: 422, there is no such connector or it needs something else; 404, no such account.
    """
    try:
        connector = connectors.named(name)
    except LookupError as error:
        raise Problem(422, "no_such_connector", f"{error}.".capitalize()) from None
    if connector is None and values:
        raise Problem(422, "bad_connector", sentence("{name} needs no values.", name=name))
    if connector is not None and (faults := connector.faults(values)):
        raise Problem(422, "bad_connector", f"{name}: {'; '.join(faults)}.")
    sealed = vault.seal(orjson.dumps(dict(values)).decode()) if values else None
    if not accounts_store.set_connector(conn, slug, name, sealed):
        raise Problem(
            404, "unknown_account", sentence("There is no courier account {it}.", it=repr(slug))
        )

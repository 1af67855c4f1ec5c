"""Verbs on who is who. They run inside the caller's transaction."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from psycopg.types.json import Jsonb

from app.access import vault
from app.db.connection import Connection
from app.errors import Problem

_SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?")


def add_account(
    conn: Connection,
    *,
    slug: str,
    courier: str,
    shipper_id: int,
    depot_id: int,
    secrets: Sequence[str],
    headers: dict[str, str],
    config: dict[str, Any],
    timezone: str,
    now: datetime,
) -> int:
    """Connect a courier: its events come to `/webhooks/<slug>`. Idempotent by slug.

    An existing account gets the new values, so that set-up can be run again. Returns its id.

    Raises:
        Problem: 422, the slug cannot stand in an address.
    """
    if not _SLUG.fullmatch(slug):
        raise Problem(422, "bad_slug", "A slug has lower-case letters, digits and hyphens.")
    row = conn.execute(
        """INSERT INTO courier_accounts
              (slug, courier, shipper_id, depot_id, secrets, headers, config, timezone, created_at)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
           ON CONFLICT (slug) DO UPDATE SET courier = excluded.courier,
              shipper_id = excluded.shipper_id, depot_id = excluded.depot_id,
              secrets = excluded.secrets, headers = excluded.headers, config = excluded.config,
              timezone = excluded.timezone
           RETURNING id""",
        [
            slug,
            courier,
            shipper_id,
            depot_id,
            [vault.seal(secret) for secret in secrets],
            vault.seal(orjson.dumps(headers).decode()),
            Jsonb(config),
            timezone,
            now,
        ],
    ).fetchone()
    assert row is not None  # noqa: S101 - RETURNING gives a row
    return int(row["id"])

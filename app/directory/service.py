"""Verbs on who is who. They run inside the caller's transaction."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from app.access import vault
from app.db.connection import Connection
from app.directory import rotation
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

    An existing account gets the new values, so that set-up can be run again, and nothing former
    is valid any more; `rotation` replaces a secret gently. Returns its id.

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
            vault.seal(rotation.headers_text(headers)),
            Jsonb(config),
            timezone,
            now,
        ],
    ).fetchone()
    assert row is not None  # noqa: S101 - RETURNING gives a row
    rotation.forget_former(conn, row["id"])
    return int(row["id"])


def set_config(conn: Connection, slug: str, config: dict[str, Any]) -> None:
    """Let an account be read by this config from now on; checking it is the caller's.

    Raises:
        Problem: 404, there is no such account.
    """
    done = conn.execute(
        "UPDATE courier_accounts SET config = %s WHERE slug = %s", [Jsonb(config), slug]
    )
    if not done.rowcount:
        raise Problem(404, "unknown_account", f"There is no courier account {slug!r}.")

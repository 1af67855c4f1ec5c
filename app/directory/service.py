"""Verbs on who is who. They run inside the caller's transaction."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

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
        Problem: 422, the slug cannot stand in an address, or there is no such time zone.
    """
    check_zone(timezone)
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


def change_account(
    conn: Connection, slug: str, *, shipper_id: int, depot_id: int, timezone: str
) -> None:
    """Let an account belong to these; its credentials and its config stay.

    Raises:
        Problem: 404, there is no such account; 422, there is no such time zone.
    """
    check_zone(timezone)
    done = conn.execute(
        """UPDATE courier_accounts SET shipper_id = %s, depot_id = %s, timezone = %s
            WHERE slug = %s""",
        [shipper_id, depot_id, timezone, slug],
    )
    if not done.rowcount:
        raise _unknown(slug)


def set_credentials(
    conn: Connection, slug: str, secrets: Sequence[str], headers: dict[str, str]
) -> None:
    """Let these, and nothing former, be valid at once; `rotation` replaces gently.

    Raises:
        Problem: 404, there is no such account.
    """
    row = conn.execute(
        "UPDATE courier_accounts SET secrets = %s, headers = %s WHERE slug = %s RETURNING id",
        [
            [vault.seal(secret) for secret in secrets],
            vault.seal(rotation.headers_text(headers)),
            slug,
        ],
    ).fetchone()
    if row is None:
        raise _unknown(slug)
    rotation.forget_former(conn, row["id"])


def check_zone(name: str) -> None:
    """Whether there are clocks for it: every later step of a case reads them.

    Raises:
        Problem: 422, it is no time zone of the IANA database.
    """
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Problem(
            422,
            "bad_zone",
            f"There is no time zone {name!r}. Write its IANA name, like Europe/Berlin or UTC.",
        ) from None


def set_config(conn: Connection, slug: str, config: dict[str, Any]) -> None:
    """Let an account be read by this config from now on; checking it is the caller's.

    Raises:
        Problem: 404, there is no such account.
    """
    done = conn.execute(
        "UPDATE courier_accounts SET config = %s WHERE slug = %s", [Jsonb(config), slug]
    )
    if not done.rowcount:
        raise _unknown(slug)


def _unknown(slug: str) -> Problem:
    return Problem(404, "unknown_account", f"There is no courier account {slug!r}.")

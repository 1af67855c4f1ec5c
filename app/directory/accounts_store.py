"""SQL on courier accounts and on their former credentials."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from app.db.connection import Connection
from app.db.together import Rows


def account(conn: Connection, slug: str) -> dict[str, Any] | None:
    """A courier account's row; None if there is none."""
    return conn.execute("SELECT * FROM courier_accounts WHERE slug = %s", [slug]).fetchone()


COURIER: Rows[str] = Rows(
    ("courier",),
    """SELECT courier FROM courier_accounts
        WHERE id = (SELECT account_id FROM cases WHERE id = %(case)s)""",
    lambda courier: courier,
)
"""Which courier a case is of."""


def courier(conn: Connection, account_id: int) -> str:
    """Which courier an account is of."""
    row = conn.execute("SELECT courier FROM courier_accounts WHERE id = %s", [account_id])
    return str((row.fetchone() or {"courier": "courier"})["courier"])


def accounts(conn: Connection) -> list[dict[str, Any]]:
    """All courier accounts without their secrets, by slug."""
    return conn.execute(
        """SELECT a.id, a.slug, a.courier, a.timezone, a.shipper_id, s.slug AS shipper, a.depot_id,
                  d.slug AS depot, a.connector FROM courier_accounts a
             JOIN shippers s ON s.id = a.shipper_id JOIN depots d ON d.id = a.depot_id
            ORDER BY a.slug"""
    ).fetchall()


def connected(conn: Connection, account_id: int) -> dict[str, Any]:
    """How an account's courier is told of bookings: `slug, connector, values, timezone`."""
    row = conn.execute(
        """SELECT slug, connector, connector_values AS values, timezone FROM courier_accounts
            WHERE id = %s""",
        [account_id],
    ).fetchone()
    assert row is not None  # noqa: S101 - accounts are never deleted
    return row


def set_connector(conn: Connection, slug: str, connector: str, values: bytes | None) -> bool:
    """Let an account's courier be told this way; False: there is no such account."""
    done = conn.execute(
        "UPDATE courier_accounts SET connector = %s, connector_values = %s WHERE slug = %s",
        [connector, values, slug],
    )
    return bool(done.rowcount)


def set_terms(conn: Connection, slug: str, terms: dict[str, Any]) -> None:
    """Let customers choose so with an account's courier."""
    conn.execute("UPDATE courier_accounts SET terms = %s WHERE slug = %s", [Jsonb(terms), slug])


def lock(conn: Connection, slug: str) -> dict[str, Any] | None:
    """An account's `id, secrets, headers`, locked until the transaction ends."""
    return conn.execute(
        "SELECT id, secrets, headers FROM courier_accounts WHERE slug = %s FOR UPDATE", [slug]
    ).fetchone()


def put(
    conn: Connection,
    *,
    slug: str,
    courier: str,
    shipper_id: int,
    depot_id: int,
    secrets: Sequence[bytes],
    headers: bytes,
    config: dict[str, Any],
    timezone: str,
    now: datetime,
) -> int:
    """Insert an account, or give the one with this slug these values; its id."""
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
            list(secrets),
            headers,
            Jsonb(config),
            timezone,
            now,
        ],
    ).fetchone()
    assert row is not None  # noqa: S101 - RETURNING gives a row
    return int(row["id"])


def set_owner(
    conn: Connection, slug: str, *, shipper_id: int, depot_id: int, timezone: str
) -> bool:
    """Let an account belong to these; False: there is no such account."""
    done = conn.execute(
        """UPDATE courier_accounts SET shipper_id = %s, depot_id = %s, timezone = %s
            WHERE slug = %s""",
        [shipper_id, depot_id, timezone, slug],
    )
    return bool(done.rowcount)


def set_credentials(
    conn: Connection, slug: str, secrets: Sequence[bytes], headers: bytes
) -> int | None:
    """Replace an account's sealed credentials; its id, None if there is no such account."""
    row = conn.execute(
        "UPDATE courier_accounts SET secrets = %s, headers = %s WHERE slug = %s RETURNING id",
        [list(secrets), headers, slug],
    ).fetchone()
    return row["id"] if row else None


def set_secrets(conn: Connection, account_id: int, secrets: Sequence[bytes]) -> None:
    """Replace an account's sealed secrets."""
    conn.execute(
        "UPDATE courier_accounts SET secrets = %s WHERE id = %s", [list(secrets), account_id]
    )


def set_headers(conn: Connection, account_id: int, headers: bytes) -> None:
    """Replace an account's sealed static headers."""
    conn.execute("UPDATE courier_accounts SET headers = %s WHERE id = %s", [headers, account_id])


def set_config(conn: Connection, slug: str, config: dict[str, Any]) -> bool:
    """Replace an account's config; False: there is no such account."""
    done = conn.execute(
        "UPDATE courier_accounts SET config = %s WHERE slug = %s", [Jsonb(config), slug]
    )
    return bool(done.rowcount)


def former(conn: Connection, account_id: int, now: datetime) -> list[dict[str, Any]]:
    """What is still valid besides the newest: `kind, sealed, until`, the newest first."""
    return conn.execute(
        """SELECT kind, sealed, until FROM former_credentials
            WHERE account_id = %s AND until > %s ORDER BY until DESC, id DESC""",
        [account_id, now],
    ).fetchall()


def former_until(conn: Connection, now: datetime) -> dict[int, datetime]:
    """By account id: until when something former is valid, where there is such a thing."""
    rows = conn.execute(
        """SELECT account_id, max(until) AS until FROM former_credentials
            WHERE until > %s GROUP BY account_id""",
        [now],
    )
    return {row["account_id"]: row["until"] for row in rows}


def former_of_kind(conn: Connection, account_id: int, kind: str) -> list[dict[str, Any]]:
    """All former credentials of one kind, those that have ended too: `id, sealed, until`."""
    return conn.execute(
        "SELECT id, sealed, until FROM former_credentials WHERE account_id = %s AND kind = %s",
        [account_id, kind],
    ).fetchall()


def shorten_former(conn: Connection, account_id: int, kind: str, until: datetime) -> None:
    """Let no former credential of this kind be valid for longer than this."""
    conn.execute(
        """UPDATE former_credentials SET until = least(until, %s)
            WHERE account_id = %s AND kind = %s""",
        [until, account_id, kind],
    )


def add_former(
    conn: Connection, account_id: int, kind: str, sealed: bytes, until: datetime
) -> None:
    """Keep a credential valid until this moment."""
    conn.execute(
        """INSERT INTO former_credentials (account_id, kind, sealed, until)
           VALUES (%s, %s, %s, %s)""",
        [account_id, kind, sealed, until],
    )


def delete_former(conn: Connection, former_id: int) -> None:
    """Forget one former credential."""
    conn.execute("DELETE FROM former_credentials WHERE id = %s", [former_id])


def forget_former(conn: Connection, account_id: int) -> None:
    """Nothing former is valid any more."""
    conn.execute("DELETE FROM former_credentials WHERE account_id = %s", [account_id])

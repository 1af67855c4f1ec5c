"""SQL that forgets a number or an address in what is kept of it beside parcels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from psycopg.rows import scalar_row

from app.cases import store as cases
from app.db.connection import Connection


def used_elsewhere(
    conn: Connection, spellings: Sequence[str], parcel_ids: Sequence[int]
) -> set[str]:
    """Those of them, in lower case, by which the recipient of another parcel is still known."""
    with conn.cursor(row_factory=scalar_row) as cursor:
        return set(
            cursor.execute(
                """SELECT lower(contact) FROM (
                       SELECT unnest(ARRAY[phone, courier_phone, email, courier_email]) AS contact
                         FROM shipments
                        WHERE id <> ALL(%(ids)s) AND forgotten_at IS NULL
                          AND (phone = ANY(%(who)s) OR courier_phone = ANY(%(who)s)
                               OR lower(email) = ANY(%(who)s)
                               OR lower(courier_email) = ANY(%(who)s))
                        UNION ALL
                       SELECT unnest(ARRAY[contact_phone, contact_call, contact_email]) FROM cases
                        WHERE shipment_id <> ALL(%(ids)s)
                          AND (contact_phone = ANY(%(who)s) OR contact_call = ANY(%(who)s)
                               OR lower(contact_email) = ANY(%(who)s))) known
                    WHERE lower(contact) = ANY(%(who)s)""",
                {"ids": list(parcel_ids), "who": list(spellings)},
            ).fetchall()
        )


def forget(
    conn: Connection, pseudonyms: Mapping[str, str], shipper_id: int | None
) -> dict[str, int]:
    """Forget these contacts: `{as it is written: pseudonym}`; how many rows of each table.

    A refusal stays under the pseudonym. One shipper's own refusals are all it may touch of them.
    """
    written = {"who": list(pseudonyms), "names": list(pseudonyms.values()), "shipper": shipper_id}
    # where the person has refused under the pseudonym before, that one goes on
    doubled = conn.execute(
        """DELETE FROM opt_outs o USING unnest(%(who)s::text[], %(names)s::text[]) p(who, name)
            WHERE o.recipient = p.who AND o.lifted_at IS NULL
              AND (%(shipper)s::bigint IS NULL OR o.shipper_id = %(shipper)s)
              AND EXISTS (SELECT FROM opt_outs k WHERE k.recipient = p.name AND k.lifted_at IS NULL
                             AND k.channel = o.channel AND k.shipper_id = o.shipper_id)""",
        written,
    ).rowcount
    renamed = conn.execute(
        """UPDATE opt_outs o SET recipient = p.name, words = '', provider_id = ''
             FROM unnest(%(who)s::text[], %(names)s::text[]) p(who, name)
            WHERE o.recipient = p.who
              AND (%(shipper)s::bigint IS NULL OR o.shipper_id = %(shipper)s)""",
        written,
    ).rowcount
    return {"opt_outs": doubled + renamed}


def forget_everywhere(conn: Connection, contacts: Sequence[str]) -> dict[str, int]:
    """Forget contacts that nobody's parcel has any more."""
    who = list(contacts)
    channels = conn.execute("DELETE FROM customer_channels WHERE recipient = ANY(%s)", [who])
    inbound = conn.execute("UPDATE inbound_messages SET sender = '' WHERE sender = ANY(%s)", [who])
    return {"customer_channels": channels.rowcount, "inbound_messages": inbound.rowcount}


def copies(conn: Connection, contacts: Sequence[str]) -> list[tuple[str, str, str]]:
    """`(provider, channel, id)` of what these people wrote."""
    rows = conn.execute(
        "SELECT provider, channel, provider_id FROM inbound_messages WHERE sender = ANY(%s)",
        [list(contacts)],
    )
    return [(row["provider"], row["channel"], row["provider_id"]) for row in rows]


def forget_stranger(
    conn: Connection, parcel_ids: Sequence[int], spellings: Sequence[str]
) -> dict[str, int]:
    """Take somebody's number out of parcels that are not theirs, and leave the rest."""
    values = {"ids": list(parcel_ids), "who": list(spellings)}
    counts = {"cases": cases.forget_contact(conn, parcel_ids, spellings)}
    for table, sql in _STRANGER.items():
        counts[table] = conn.execute(sql.encode(), values).rowcount
    return counts


_STRANGER = {
    "wrong_contacts": """
        UPDATE wrong_contacts SET contacts = ARRAY(SELECT c FROM unnest(contacts) c
                                                    WHERE lower(c) <> ALL(%(who)s)),
               spellings = ARRAY(SELECT c FROM unnest(spellings) c WHERE lower(c) <> ALL(%(who)s))
         WHERE case_id IN (SELECT id FROM cases WHERE shipment_id = ANY(%(ids)s))
           AND (contacts || spellings) && %(who)s::text[]""",
    "messages": """
        UPDATE messages SET recipient = '', fallback_routes = '[]'
         WHERE case_id IN (SELECT id FROM cases WHERE shipment_id = ANY(%(ids)s))
           AND audience = 'customer' AND lower(recipient) = ANY(%(who)s)""",
    "courier_events": """
        UPDATE courier_events SET body = '', headers = NULL
         WHERE shipment_id = ANY(%(ids)s) AND body <> ''""",
    "shipments": """
        UPDATE shipments SET
               phone = CASE WHEN lower(phone) = ANY(%(who)s) THEN NULL ELSE phone END,
               courier_phone = CASE WHEN lower(courier_phone) = ANY(%(who)s) THEN NULL
                                    ELSE courier_phone END,
               email = CASE WHEN lower(email) = ANY(%(who)s) THEN NULL ELSE email END,
               courier_email = CASE WHEN lower(courier_email) = ANY(%(who)s) THEN NULL
                                    ELSE courier_email END,
               ordered = ordered - 'phone' - 'email',
               not_theirs = ARRAY(SELECT n FROM unnest(not_theirs) n WHERE lower(n) <> ALL(%(who)s))
         WHERE id = ANY(%(ids)s)""",
}

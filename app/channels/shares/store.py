"""SQL on shares."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.channels.shares.rules import Seen
from app.db.connection import Connection


def count(
    conn: Connection, channel: str, home: Mapping[str, int], seen: Mapping[str, Seen], now: datetime
) -> dict[str, tuple[int, Seen, datetime]]:
    """Add what was seen; by provider its share, all that was seen, and since when. Locks them."""
    rows = conn.execute(
        """INSERT INTO provider_shares AS s (channel, provider, share, calls, bad, moved_at)
           SELECT %s, r.*, %s FROM unnest(%s::text[], %s::int[], %s::int[], %s::int[])
                  AS r(provider, share, calls, bad) ORDER BY provider
               ON CONFLICT (channel, provider) DO UPDATE
              SET calls = s.calls + excluded.calls, bad = s.bad + excluded.bad
        RETURNING provider, share, calls, bad, moved_at""",
        [
            *(channel, now, list(home), list(home.values())),
            [seen[name].calls if name in seen else 0 for name in home],
            [seen[name].bad if name in seen else 0 for name in home],
        ],
    ).fetchall()
    return {r["provider"]: (r["share"], Seen(r["calls"], r["bad"]), r["moved_at"]) for r in rows}


def decided(
    conn: Connection, channel: str, shares: Mapping[str, int], fresh: list[str], now: datetime
) -> None:
    """These are the shares; of the `fresh` ones the counting begins anew."""
    conn.execute(
        """UPDATE provider_shares s
              SET share = r.share, moved_at = %(now)s,
                  calls = CASE WHEN s.provider = ANY(%(fresh)s) THEN 0 ELSE s.calls END,
                  bad = CASE WHEN s.provider = ANY(%(fresh)s) THEN 0 ELSE s.bad END
             FROM unnest(%(names)s::text[], %(shares)s::int[]) AS r(provider, share)
            WHERE s.channel = %(channel)s AND s.provider = r.provider""",
        {
            "now": now,
            "fresh": fresh,
            "names": list(shares),
            "shares": list(shares.values()),
            "channel": channel,
        },
    )

"""Verbs on the postcodes that depots serve, each remembered. In the caller's transaction.

Of a courier whose account is one of a depot with areas, each parcel goes to the depot that serves
its postcode. An account may have areas of its own, which come first: two couriers' networks may lie
over the same postcodes. Where no area fits, and where a case is open, it stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from app.db.connection import Connection
from app.directory.changes import By, record
from app.errors import Problem
from app.languages.language import mark
from app.languages.sentence import sentence
from app.managing import accounts, depots
from app.managing import depots_store as store
from app.managing.depots_store import Depot

_AREA = re.compile(r"[A-Z0-9]{1,12}")


def read(text: str) -> list[str]:
    """Beginnings of postcodes, as people list them.

    Raises:
        Problem: 422, one of them begins none.
    """
    found = [part.replace(" ", "").replace("-", "").upper() for part in text.split(",")]
    found = sorted({part for part in found if part})
    for part in found:
        if not _AREA.fullmatch(part):
            why = sentence("No postcode begins with {it}: letters and digits, please.", it=part)
            raise Problem(422, "not_offered_so", why)
    return found


def put(
    conn: Connection,
    who: By,
    depot: Depot,
    starts: Sequence[str],
    now: datetime,
    *,
    account: str = "",
) -> bool:
    """Let a depot serve the postcodes that begin so, of one account or of all. False: it does.

    Raises:
        Problem: 404, there is no such account; 422, another depot serves one of them.
    """
    of = accounts.find(conn, account) if account else None
    number = of.id if of else None
    for part, other in store.others_areas(conn, depot.id, starts, number).items():
        why = sentence("{other} serves {area}: take it away there first.", other=other, area=part)
        raise Problem(422, "not_offered_so", why)
    before = store.areas(conn, depot.id).get(account, [])
    store.put_areas(conn, depot.id, starts, number)
    name = f"postcodes: {of.slug}" if of else mark("postcodes")
    was, became = {name: ", ".join(before)}, {name: ", ".join(sorted(starts))}
    return record(conn, who, "depot", (depot.id, depot.name), [depot.id], was, became, now)


def put_network(
    conn: Connection, who: By, account: str, network: Mapping[str, Sequence[str]], now: datetime
) -> None:
    """Let an account's own areas be these, by depot, and no others.

    Raises:
        Problem: 404, there is no such account or depot; 422, two depots would serve the same.
    """
    before = store.network(conn, account)
    for slug, had in before.items():  # first what leaves, so that another depot may have it
        left = [one for one in had if one in network.get(slug, ())]
        put(conn, who, depots.find(conn, slug), left, now, account=account)
    for slug, starts in network.items():
        put(conn, who, depots.find(conn, slug), starts, now, account=account)

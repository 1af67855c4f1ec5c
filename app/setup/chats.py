"""Where people and depots of a set-up file are written to beside number and mail, both ways.

An address holds what lets anybody write there, so it stands where secrets do. One whose name is
there with another address is replaced; what the file does not name is left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from app.channels import endpoints as known
from app.db.connection import Connection
from app.managing import endpoints
from app.managing.endpoints import CHAT, Subject, Wanted
from app.setup.fields import env_name

if TYPE_CHECKING:
    from app.setup.applying import Work


def put(
    work: Work, subject: Subject, place: tuple[str, str], said: Sequence[Mapping[str, Any]]
) -> None:
    """Let them be written to there."""
    conn, who, now = work.conn, work.who, work.now
    for number, one in enumerate(said):
        with work.at(*place, "chats", str(number)):
            there = {e.label: e for e in endpoints.of(conn, subject) if e.channel == CHAT}
            old = there.get(one["name"])
            address = work.secret(one, "address", new=old is None)
            if address and (old is None or known.address(conn, old.recipient) != address):
                if old is not None:
                    endpoints.remove(conn, who, subject, old.id, now)
                wanted = Wanted(address, one["name"])
                endpoints.add_chat(conn, who, subject, wanted, now, demo=False)


def export(conn: Connection, subject: Subject, *name: str) -> list[dict[str, Any]]:
    """Where they are written to, as a file says it: where each address is to be found."""
    return [
        {"name": one.label, "address": {"env": env_name(*name, "chat", str(number))}}
        for number, one in enumerate(
            (e for e in endpoints.of(conn, subject) if e.channel == CHAT), 1
        )
    ]

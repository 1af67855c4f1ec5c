"""The dispatch systems that a depot of a set-up file calls, both ways.

Each signs with a secret of its own: one that the file refers to, or one that is made and said once.
One whose secret is another is replaced; what the file does not name is left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from app.db.connection import Connection
from app.managing import endpoints
from app.managing.endpoints import Subject
from app.setup.fields import env_name

if TYPE_CHECKING:
    from app.setup.applying import Work


def put(
    work: Work, subject: Subject, place: tuple[str, str], said: Sequence[Mapping[str, Any]]
) -> None:
    """Let them be called."""
    conn, who, now = work.conn, work.who, work.now
    for number, one in enumerate(said):
        here = (*place, "systems", str(number))
        with work.at(*here):
            old, former = endpoints.systems_of(conn, subject).get(one["url"], (None, ""))
            secret = work.secret(one, new=old is None)
            if old is not None and secret in {"", former}:
                continue
            if old is not None:
                endpoints.remove(conn, who, subject, old.id, now)
            made = endpoints.add_system(
                conn, who, subject, one["url"], now, plain=work.plain, secret=secret
            )
            if not secret:
                work.made[".".join(here)] = made


def export(conn: Connection, subject: Subject, slug: str) -> list[dict[str, Any]]:
    """What is called, as a file says it: where each secret is to be found."""
    return [
        {"url": url, "secret": {"env": env_name(slug, "system", str(number), "secret")}}
        for number, url in enumerate(endpoints.systems_of(conn, subject), 1)
    ]

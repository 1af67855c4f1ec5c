"""The set-up that there is, as a file that `apply` would change nothing by."""

from __future__ import annotations

from typing import Any, NamedTuple

import tomli_w

from app.db.connection import Connection
from app.setup import accounts, depots, people, rotas, shippers

_HEAD = """\
# The set-up of Reknock, written by `reknock setup export`.
# `reknock setup plan FILE` says what a change would do, `reknock setup apply FILE` does it.
# Secrets stay where they are: each is named by the environment's variable it is given in.

"""


class Export(NamedTuple):
    """The file, and what stands beside it, by name."""

    text: str
    files: dict[str, str | bytes]


def export(conn: Connection) -> Export:
    """Write the whole set-up."""
    found, policies, files = shippers.export(conn)
    document: dict[str, Any] = {
        "shippers": found,
        "policies": policies,
        "people": people.export(conn),
        "depots": depots.export(conn, files),
        "rotas": rotas.export(conn),
        "accounts": accounts.export(conn),
    }
    document = {name: section for name, section in document.items() if section}
    return Export(_HEAD + tomli_w.dumps(document), files)

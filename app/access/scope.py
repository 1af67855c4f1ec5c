"""Whose things somebody sees and acts on: those of their depots, or of their shipper.

The one place that decides it. What stands in an address is looked up here before its view is called
(`keys.require` and `session.require_session` see to that); what a form names, the view hands to
`check`; a list is asked for with `caller().depots`. What is somebody else's is answered as what is
not there at all, so that nobody learns of it. Whoever sees everything costs no look-up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.access import scope_store as store
from app.access.scope_store import Owner
from app.db.connection import connection
from app.errors import Problem
from app.languages.language import mark
from app.languages.sentence import sentence


class Thing(NamedTuple):
    """What a part of an address names, and what is said where there is none."""

    kind: str
    code: str
    missing: str


THINGS = {
    "case_id": Thing("case", "no_such_case", mark("There is no case {it}.")),
    "task_id": Thing("task", "no_such_task", mark("There is no dispatch task {it}.")),
    "tracking_number": Thing("parcel", "no_such_parcel", mark("No parcel {it} is known.")),
    "rota": Thing("rota", "no_such_rota", mark("There is no rota {it}.")),
    "person_id": Thing("person", "no_such_person", mark("There is nobody with the id {it}.")),
    "account": Thing("account", "unknown_account", mark("There is no courier account {it}.")),
    "gesture_id": Thing("gesture", "no_such_gesture", mark("There is no gesture {it}.")),
    "endpoint_id": Thing("endpoint", "no_such_endpoint", mark("There is no endpoint {it}.")),
    "shipper": Thing("shipper", "no_such_shipper", mark("There is no shipper {it}.")),
    "slug": Thing("depot", "no_such_depot", mark("There is no depot of this name.")),
}
"""By the name of the part of the address."""
ANYBODYS = frozenset({"day", "override_id", "dry_run", "photo", "dispute"})
"""Parts of addresses that are nobody's, or belong to what stands before them."""


class Sees(NamedTuple):
    """What somebody sees: the cases of these depots, of this shipper; None: of all."""

    depots: Sequence[int] | None
    shipper_id: int | None

    @property
    def everything(self) -> bool:
        """Whether nothing is somebody else's."""
        return self.depots is None and self.shipper_id is None

    def all_of(self, owners: Sequence[Owner]) -> bool:
        """Whether these are theirs. Of parcels with one number a shipper has its own."""
        if self.shipper_id is not None:
            return any(owner.shipper_id == self.shipper_id for owner in owners)
        return self.depots is None or all(owner.depot_id in self.depots for owner in owners)


def check_address(sees: Sees, parts: Mapping[str, Any]) -> None:
    """Let somebody at what an address names.

    Raises:
        Problem: 404, it is somebody else's; or nobody has said whose it is.
    """
    if sees.everything:
        return
    for name, value in parts.items():
        if name in THINGS:
            check(sees, name, [value])
        elif name not in ANYBODYS:
            raise Problem(404, "not_found", mark("There is nothing here for you."))


def check(sees: Sees, name: str, values: Sequence[int | str]) -> None:
    """Let somebody at all of these; what there is none of is left to whoever looks for it.

    Raises:
        Problem: 404, one is somebody else's.
    """
    if sees.everything or not values:
        return
    kind, code, missing = THINGS[name]
    owners = store.owners(connection(), kind, values)
    if owners and not sees.all_of(owners):
        raise Problem(404, code, sentence(missing, it=repr(values[0])))

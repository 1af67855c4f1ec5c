"""Onfleet: a new task, found again by our own metadata.

| fact         | value                                                                          |
| ------------ | ------------------------------------------------------------------------------ |
| asks         | `POST /api/v2/tasks/{id}/clone`, else `POST /api/v2/tasks`                     |
| signs in     | Basic, the API key as user, an empty password                                  |
| found again  | `POST /api/v2/tasks/metadata` by our key                                       |
| withdraws    | `DELETE /api/v2/tasks/{id}`, while nobody is under way                         |
| limits       | 20 requests a second, 429                                                      |
| unverified   | the answer of DELETE, so what became of it is read; the status of 429          |

A failed task is completed and cannot be opened again: another delivery is a clone of it, with the
new hours. Times are epoch milliseconds.
"""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

from app.handover.connectors.base import (
    NOT_OFFERED,
    UNKNOWN,
    Account,
    Ambiguous,
    Answer,
    Can,
    Choice,
    Confirmed,
    Connector,
    Field,
    NotFound,
    Parcel,
    Refused,
    Unsent,
)
from app.handover.connectors.http import Http, Reply

_OURS = "reknock"
_REFUSALS = frozenset({"1009", "1011"})
"""Time constraints that cannot be met, and an address that is not found."""
_COMPLETED = 3


class Onfleet:
    """One organisation."""

    def __init__(self, account: Account) -> None:
        user = base64.b64encode(f"{account['api_key']}:".encode()).decode()
        self._http = Http(account, headers={"Authorization": f"Basic {user}"})

    def can(self, parcel: Parcel) -> Can:  # noqa: ARG002 - Onfleet plans what it is given
        """Unknown: whether a driver has room is decided by its dispatchers."""
        return UNKNOWN

    def push(self, choice: Choice, key: str) -> Answer:
        """A clone of the failed task, or a new task where that one is not known."""
        parcel = choice.parcel
        wish = {
            "completeAfter": _milliseconds(choice.starts_at),
            "completeBefore": _milliseconds(choice.ends_at),
            "notes": parcel.notes,
            "metadata": [
                {"name": _OURS, "type": "string", "value": key},
                {"name": "trackingNumber", "type": "string", "value": parcel.tracking_number},
            ],
        }
        if choice.leave.address:
            wish["destination"] = _where(parcel)["destination"]
        if parcel.courier_ref:
            options = {"includeMetadata": True, "includeBarcodes": True, "overrides": wish}
            path = f"/api/v2/tasks/{parcel.courier_ref}/clone"
            reply = self._http.call("POST", path, json={"options": options})
            if reply.status != 404:
                return _placed(reply)
        return _placed(self._http.call("POST", "/api/v2/tasks", json={**wish, **_where(parcel)}))

    def check(self, choice: Choice, key: str, ref: str) -> Answer:  # noqa: ARG002 - the key is enough
        """The task that carries our key."""
        reply = self._tasks(key)
        if reply.ok and reply.body == []:
            return NotFound()
        return _placed(Reply(reply.status, reply.at(0)))

    def cancel(self, choice: Choice, key: str, ref: str) -> Answer:  # noqa: ARG002 - the task is enough
        """Delete the task, and look whether it is gone."""
        found = ref or self._tasks(key).text(0, "id")
        if not found:
            return Ambiguous("not_understood")
        path = f"/api/v2/tasks/{found}"
        deleted = self._http.call("DELETE", path)
        if deleted.status == 404:
            return Confirmed(found)
        there = self._http.get(path)
        if there.status == 404:
            return Confirmed(found)
        if there.ok and there.text("id") == found and not deleted.ok:
            code = "completed" if there.at("state") == _COMPLETED else "under_way"
            return Refused(code, _words(deleted))
        return Ambiguous("not_understood")

    def correct(self, parcel: Parcel, key: str) -> Answer:  # noqa: ARG002 - the failed task is over
        """Nothing: a completed task's address stays, and the next clone carries what is right."""
        return NOT_OFFERED

    def _tasks(self, key: str) -> Reply:
        query = [{"name": _OURS, "type": "string", "value": key}]
        return self._http.call("POST", "/api/v2/tasks/metadata", json=query, reads=True)


def _placed(reply: Reply) -> Answer:
    task = reply.text("id")
    if reply.ok and task:
        return Confirmed(task)
    code = reply.text("message", "error")
    if code in _REFUSALS:
        return Refused(code, _words(reply))
    return Ambiguous("not_understood") if reply.ok else Unsent(f"http_{reply.status}")


def _words(reply: Reply) -> str:
    cause = reply.at("message", "cause")
    return (
        reply.text("message", "cause")
        if isinstance(cause, str)
        else reply.text("message", "message")
    )


def _where(parcel: Parcel) -> dict[str, Any]:
    """The destination and the recipient of a task that is made from nothing."""
    parts = (parcel.address.get(name, "") for name in ("line1", "line2", "city", "region"))
    end = (parcel.address.get(name, "") for name in ("postcode", "country"))
    line = ", ".join(filter(None, (*parts, *end)))
    return {
        "destination": {"address": {"unparsed": line}, "notes": parcel.notes},
        "recipients": [{"name": parcel.name, "phone": parcel.phone}],
    }


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


CONNECTOR = Connector(
    name="onfleet",
    title="Onfleet",
    opens=Onfleet,
    moves=True,
    base="https://onfleet.com",
    fields=(Field("api_key", secret=True),),
)

"""Delhivery: its action on a failed delivery ("NDR").

| fact         | value                                                                          |
| ------------ | ------------------------------------------------------------------------------ |
| asks         | `POST /api/p/update`, `act: RE-ATTEMPT`, `DEFER_DLV` or `EDIT_DETAILS`         |
| signs in     | `Authorization: Token …`                                                       |
| found again  | `GET /api/cmu/get_bulk_upl/{UPL}`, by the id that it answers                   |
| withdraws    | –                                                                              |
| limits       | a firewall's, answered with 403 and not 429                                    |
| unverified   | the shape of what the UPL says: the parcel's own item is looked for, whether it |
|              | is a row or a key; whether `DEFER_DLV` is still there: refused means people    |

It takes everything and decides later; "success" of the whole can be a refusal of the one parcel.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from app import clock
from app.handover.connectors.base import (
    NOT_OFFERED,
    UNKNOWN,
    Account,
    Ambiguous,
    Answer,
    Asked,
    Can,
    Choice,
    Confirmed,
    Connector,
    Field,
    Parcel,
    Part,
    Refused,
    Says,
    Unsent,
)
from app.handover.connectors.http import Http, Reply, words

_REATTEMPT = frozenset(
    {
        "EOD-74",
        "EOD-15",
        "EOD-104",
        "EOD-43",
        "EOD-86",
        "EOD-11",
        "EOD-16",
        "EOD-69",
        "EOD-6",
        "ST-108",
    }
)
_DEFER = frozenset({"EOD-74", "EOD-15", "EOD-11", "EOD-3", "EOD-16", "EOD-6", "ST-108"})
_LATEST = 6  # days after the first day on which it was pending
_LOOK_AFTER = timedelta(minutes=5)
_NAMES = ("waybill", "wbn", "awb", "Waybill", "AWB")
_WORDS = ("remark", "remarks", "reason", "message", "error", "rmk")
_OF_UPL = ("status", "request_id", "UPL", "upl_id", "total", "pending")
"""What an answer about a UPL has, whatever it says of the parcel."""
_GOOD = frozenset({"success", "successful", "completed", "complete", "true", "1", "done"})
_BAD = frozenset({"failure", "failed", "fail", "error", "false", "0", "rejected"})


class Delhivery:
    """One client of Delhivery."""

    def __init__(self, account: Account) -> None:
        self._account = account
        token = {"Authorization": f"Token {account['token']}"}
        self._http = Http(account, headers=token, limits=(403, 429))

    def can(self, parcel: Parcel) -> Can:
        """By the code of the last news; a first attempt says which days are left."""
        if parcel.code and parcel.code not in _REATTEMPT | _DEFER:
            return Can(Says.NO)
        if parcel.attempts != 1 or parcel.last_attempt_at is None:
            return UNKNOWN
        first = clock.local(parcel.last_attempt_at, self._account.timezone).date()
        days = (first + timedelta(days=number) for number in range(1, _LATEST + 1))
        return Can(Says.YES, frozenset(days))

    def push(self, choice: Choice, key: str) -> Answer:  # noqa: ARG002 - Delhivery takes no key
        """Tomorrow is another attempt, a later day is a deferral."""
        parcel = choice.parcel
        tomorrow = clock.local(clock.now(), choice.zone).date() + timedelta(days=1)
        if choice.day <= tomorrow and parcel.code in _REATTEMPT | {""}:
            return self._ask(parcel, "RE-ATTEMPT")
        if parcel.code in _DEFER | {""}:
            return self._ask(parcel, "DEFER_DLV", deferred_date=choice.day.isoformat())
        return NOT_OFFERED

    def check(self, choice: Choice, key: str, ref: str) -> Answer:  # noqa: ARG002 - Delhivery takes no key
        """What became of the parcel's own item; without the UPL id nobody can tell."""
        if not ref:
            return Ambiguous("no_reference")
        reply = self._http.get(f"/api/cmu/get_bulk_upl/{ref}", verbose="true")
        if not reply.ok:
            return Ambiguous("not_understood")
        for status, why in _items(reply.body, choice.parcel.tracking_number):
            if status in _GOOD:
                return Confirmed(ref)
            if status in _BAD:
                return Refused("refused", why)
        pending = any(reply.at(name) is not None for name in _OF_UPL)
        return Asked(ref, _LOOK_AFTER) if pending else Ambiguous("not_understood")

    def cancel(self, choice: Choice, key: str, ref: str) -> Answer:  # noqa: ARG002 - there is no such call
        """People do it."""
        return NOT_OFFERED

    def correct(self, parcel: Parcel, key: str) -> Answer:  # noqa: ARG002 - Delhivery takes no key
        """Name, number and address as they are now."""
        address = parcel.address
        line = ", ".join(filter(None, (address.get(n) for n in ("line1", "line2", "city"))))
        details = {"name": parcel.name, "phone": parcel.phone.removeprefix("+91"), "add": line}
        known = {name: value for name, value in details.items() if value}
        return self._ask(parcel, "EDIT_DETAILS", **known)

    def _ask(self, parcel: Parcel, act: str, **data: str) -> Answer:
        item: dict[str, Any] = {"waybill": parcel.tracking_number, "act": act}
        if data:
            item["action_data"] = data
        return _taken(self._http.call("POST", "/api/p/update", json={"data": [item]}))


def _taken(reply: Reply) -> Answer:
    for name in ("request_id", "UPL", "upl_id"):
        ref = reply.text(name)
        if reply.ok and ref.startswith("UPL"):
            return Asked(ref, _LOOK_AFTER)
    why = next(filter(None, (reply.text(name) for name in _WORDS)), "")
    if reply.status == 400 and why:
        return Refused("refused", why)
    return Unsent(f"http_{reply.status}") if reply.status >= 400 else Ambiguous("not_understood")


def _items(body: object, waybill: str) -> Iterator[tuple[str, str]]:
    """`(status, words)` of the parcel's own item, wherever it stands."""
    if isinstance(body, list):
        for row in body:
            yield from _items(row, waybill)
    if not isinstance(body, dict):
        return
    if any(body.get(name) == waybill for name in _NAMES):
        said = next((body[name] for name in ("status", "success", "result") if name in body), "")
        why = next(filter(None, (words(body.get(name)) for name in _WORDS)), "")
        yield str(said).lower(), why
    for name, value in body.items():
        if name == waybill and isinstance(value, dict):
            yield from _items({"waybill": waybill, **value}, waybill)
        elif isinstance(value, (dict, list)):
            yield from _items(value, waybill)


CONNECTOR = Connector(
    name="delhivery",
    title="Delhivery",
    opens=Delhivery,
    base="https://track.delhivery.com",
    fields=(Field("token", secret=True),),
    by_day=True,
    takes_notes=False,
    corrects=frozenset({Part.CONTACT, Part.ADDRESS}),
)

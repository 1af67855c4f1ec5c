"""A courier's or a shipper's own system, by a signed message (Standard Webhooks).

| fact         | value                                                                        |
| ------------ | ---------------------------------------------------------------------------- |
| asks         | `POST` to `base`, signed; the same key twice is the same wish                |
| found again  | by our key: `handover.check`                                                 |
| later        | a signed call to `/callbacks/handover/<account>`, see `app/handover/api.py`  |
| unverified   | –                                                                            |

The message::

    {"type": "handover.requested",      also .check, .withdrawn and .corrected
     "timestamp": "2026-11-28T10:00:00+00:00",
     "data": {"key": "rk-7-1a2b3c4d", "ref": "", "kind": "redelivery",     or pickup, or return
              "starts_at": "…", "ends_at": "…", "timezone": "America/Los_Angeles", "point": "",
              "leave": {"with": "neighbour", "who": "…", "where": "…"},
              "parcel": {"tracking_number": "…", "courier_ref": "…", "order_ref": "…",
                         "name": "…", "phone": "…", "extension": "…", "email": "…",
                         "address": {…}, "notes": "…"}}}

The answer: `{"status": "confirmed" | "refused" | "asked" | "withdrawn" | "not_found", "ref": "…",
"code": "…", "words": "…", "check_after": 300}`; all but `status` may be left out. A 200 without a
status is no answer.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson

from app import clock
from app.access import signing
from app.booking.rows import BookingKind
from app.handover.connectors.base import (
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
    NotFound,
    Over,
    Parcel,
    Refused,
    Unsent,
)
from app.handover.connectors.http import Http, Reply, words
from app.languages.language import mark

_SOONEST, _LATEST, _USUAL = 60, 6 * 3600, 300  # seconds until it is asked again


class Webhook:
    """One system that is told by a signed message."""

    def __init__(self, account: Account) -> None:
        self._secret = account["secret"]
        self._http = Http(account, guarded=True)

    def can(self, parcel: Parcel) -> Can:  # noqa: ARG002 - it is not asked beforehand
        """Unknown."""
        return UNKNOWN

    def push(self, choice: Choice, key: str) -> Answer:
        """Tell it what somebody wishes."""
        return _read(self._post("requested", key, _wish(choice)))

    def check(self, choice: Choice, key: str, ref: str) -> Answer:
        """Ask what became of it."""
        reply = self._post("check", key, {**_wish(choice), "ref": ref}, reads=True)
        return NotFound() if reply.at("status") == "not_found" else _read(reply)

    def cancel(self, choice: Choice, key: str, ref: str) -> Answer:
        """Tell it that the wish is off."""
        reply = self._post("withdrawn", key, {**_wish(choice), "ref": ref})
        if reply.at("status") in {"withdrawn", "not_found"}:
            return Confirmed(ref)
        answer = _read(reply)
        return Ambiguous("not_understood") if isinstance(answer, Confirmed) else answer

    def correct(self, parcel: Parcel, key: str) -> Answer:
        """Tell it how the parcel's recipient is reached now."""
        return _read(self._post("corrected", key, {"parcel": _parcel(parcel)}))

    def _post(self, what: str, key: str, data: dict[str, Any], *, reads: bool = False) -> Reply:
        if not signing.usable(self._secret):
            raise Over(Unsent("bad_secret"))
        now = clock.machine_now()
        message = {
            "type": f"handover.{what}",
            "timestamp": clock.now().isoformat(),
            "data": {"key": key, **data},
        }
        raw = orjson.dumps(message)
        headers = signing.headers(self._secret, f"{key}-{what}", raw, now)
        headers["Content-Type"] = "application/json"
        return self._http.call("POST", "", raw=raw, headers=headers, reads=reads)


def _read(reply: Reply) -> Answer:
    match reply.at("status"):
        case "confirmed" if reply.ok:
            return Confirmed(reply.text("ref"))
        case "asked" if reply.ok:
            return Asked(reply.text("ref"), _after(reply.at("check_after")))
        case "refused":
            return Refused(reply.text("code") or "refused", reply.text("words"))
    if reply.status in {404, 405, 410}:  # nobody listens there
        return Unsent(f"http_{reply.status}")
    return Ambiguous("not_understood")


def _after(seconds: object) -> timedelta:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return timedelta(seconds=_USUAL)
    return timedelta(seconds=min(max(seconds, _SOONEST), _LATEST))


def _wish(choice: Choice) -> dict[str, Any]:
    return {
        "kind": choice.kind,
        "starts_at": choice.starts_at.isoformat(),
        "ends_at": choice.ends_at.isoformat(),
        "timezone": choice.zone,
        "point": choice.point,
        "leave": {
            "with": choice.leave.leaving or "recipient",
            "who": choice.leave.who,
            "where": choice.leave.where,
        },
        "parcel": _parcel(choice.parcel),
    }


def _parcel(parcel: Parcel) -> dict[str, Any]:
    return {
        "tracking_number": parcel.tracking_number,
        "courier_ref": parcel.courier_ref,
        "order_ref": parcel.order_ref,
        "name": words(parcel.name),
        "phone": parcel.phone,
        "extension": parcel.extension,
        "email": parcel.email,
        "address": dict(parcel.address),
        "notes": parcel.notes,
    }


CONNECTOR = Connector(
    name="webhook",
    title=mark("The courier’s system"),
    opens=Webhook,
    moves=True,
    fields=(Field("secret", secret=True),),
    kinds=tuple(BookingKind),
    repeatable=True,
)

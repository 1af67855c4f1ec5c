"""A courier without code: what its body means is data, checked, tried and then used.

`load` checks a mapping, `of` gives the one of an account, `read` reads a body by it.
"""

from __future__ import annotations

import json
from typing import Any

from app.intake.mapping.model import FIELDS
from app.intake.mapping.schema import load, of

__all__ = ["EXAMPLE", "load", "of", "ordered", "pretty"]

_WIDTH = 58
_ORDER = (
    *("note", "signature", "scheme", "header", "user", "algorithm", "encoding", "prefix"),
    *("secret_form", "signed", "timestamp", "only", "each", "key", "kind", "reason"),
    *("reason_from_words", "time", "from", "join", "with", "table", "otherwise", "values"),
    *("format", "zone", "z_is_local", "fields", *FIELDS, "defaults"),
)

EXAMPLE: dict[str, Any] = {
    "note": "Thames Parcels, a courier that does not exist",
    "signature": {
        "scheme": "hmac",
        "header": "X-Thames-Signature",
        "algorithm": "sha256",
        "encoding": "hex",
        "prefix": "sha256=",
    },
    "only": {"from": "topic", "values": ["parcel"]},
    "key": {"join": ["parcel.id", "scans[latest:at].no"], "with": ":"},
    "kind": {
        "from": "scans[latest:at].code",
        "table": {
            "OUT": "progress",
            "CARDED": "failed",
            "NO ACCESS": "failed",
            "BAD ADDRESS": "failed",
            "REFUSED": "refused",
            "RTS": "returned",
            "LOST": "lost",
            "DAMAGED": "damaged",
            "DELAY": "warning",
            "POD": "delivered",
        },
    },
    "reason": {
        "from": "scans[latest:at].code",
        "table": {
            "CARDED": "recipient_unavailable",
            "NO ACCESS": "access_restricted",
            "BAD ADDRESS": "address_incorrect",
        },
    },
    "time": {"from": "scans[latest:at].at", "format": "%d/%m/%Y %H:%M:%S", "zone": "Europe/London"},
    "fields": {
        "tracking_number": "parcel.barcode",
        "courier_ref": "parcel.id",
        "order_ref": "parcel.refs[type=order].value",
        "words": "scans[latest:at].text",
        "attempt": "parcel.attempts",
        "name": {"join": ["parcel.to.first", "parcel.to.last"], "with": " "},
        "phone": ["parcel.to.mobile", "parcel.to.landline"],
        "email": "parcel.to.email",
        "line1": "parcel.to.street",
        "city": "parcel.to.town",
        "postcode": "parcel.to.postcode",
        "tracking_url": "parcel.link",
    },
    "defaults": {"country": "GB", "language": "en"},
}
"""A whole mapping, for the demo's account without code and for the guide; its body is
`../samples/custom.json`."""


def pretty(value: Any, indent: int = 0) -> str:
    """JSON for people: what fits into a line stands in one."""
    flat = json.dumps(value, ensure_ascii=False)
    if indent + len(flat) <= _WIDTH or not isinstance(value, dict | list):
        return flat
    inner = indent + 2
    if isinstance(value, dict):
        parts = [
            f"{json.dumps(k, ensure_ascii=False)}: {pretty(v, inner)}" for k, v in value.items()
        ]
    else:
        parts = [pretty(one, inner) for one in value]
    lines = ",\n".join(" " * inner + part for part in parts)
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return f"{opening}\n{lines}\n{' ' * indent}{closing}"


def ordered(value: Any) -> Any:
    """The same with its names in the order in which they are read: the database keeps none."""
    if isinstance(value, list):
        return [ordered(one) for one in value]
    if not isinstance(value, dict):
        return value
    names = sorted(value, key=lambda name: _ORDER.index(name) if name in _ORDER else len(_ORDER))
    return {name: ordered(value[name]) for name in names}

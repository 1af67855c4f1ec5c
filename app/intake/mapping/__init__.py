"""A courier without code: what its body means is data, checked, tried and then used.

`load` checks a mapping, `of` gives the one of an account, `read` reads a body by it.
"""

from __future__ import annotations

from typing import Any

from app.intake.mapping.schema import load, of

__all__ = ["EXAMPLE", "load", "of"]

EXAMPLE: dict[str, Any] = {
    "note": "Thames Parcels, invented: signs the body, tells every scan, writes local times",
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

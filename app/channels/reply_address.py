"""The address that answers to a mail go to: it names the case, and nobody else can make one.

`reply@in.example` becomes `reply+12-0a1b…@in.example`: the number of the case and a seal. A
subject is never read for that: people and their programs change it.
"""

from __future__ import annotations

import hmac
import re

from app.access.secret import mac

_SEAL = 10  # bytes
_TAG = re.compile(r"\+([0-9]{1,18})-([0-9a-f]{20})@", re.IGNORECASE)


def make(base: str, case_id: int) -> str:
    """Our address `base` with the case in it."""
    name, _, domain = base.rpartition("@")
    return f"{name}+{case_id}-{_seal(case_id)}@{domain}"


def case_of(address: str) -> int | None:
    """The case that an address names; None when it names none, or not with our seal.

    Programs on the way may have changed its letters to small or capital ones.
    """
    tag = _TAG.search(address)
    if tag is None:
        return None
    case_id = int(tag[1])
    return case_id if hmac.compare_digest(_seal(case_id), tag[2].lower()) else None


def _seal(case_id: int) -> str:
    return mac("reply-address", str(case_id).encode())[:_SEAL].hex()

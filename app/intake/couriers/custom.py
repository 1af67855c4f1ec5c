"""A courier without code: its account's config is a mapping that says all this.

| fact         | value                                                                         |
| ------------ | ----------------------------------------------------------------------------- |
| header       | as the mapping says                                                           |
| algorithm    | HMAC-SHA1, -SHA256 or -SHA512 in hex or base64; a plain token; basic auth     |
| signed       | as the mapping says; ±300 s where a time is signed                            |
| event key    | as the mapping says, else the body                                            |
| fails        | as the mapping's table of kinds says                                          |
| time         | as the mapping says                                                           |
| config       | the mapping: README.md beside this file, all of it in `../mapping/schema.py`  |
| unverified   | what was not tried with `reknock courier try`                                 |
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.errors import Problem
from app.intake import mapping
from app.intake.event import Account, Event, Incoming, KeysUnavailable, Unreadable
from app.intake.mapping import reading, signing
from app.intake.mapping.model import Mapping

KEY_FORM = "text"
HEADERS: tuple[str, ...] = ()


def verify(account: Account, incoming: Incoming) -> None:
    """Check what the mapping's signature asks for."""
    try:
        rule = mapping.of(account.config).signature
    except Problem:
        refused = KeysUnavailable("This account has no usable mapping.")  # to come again: 503
        refused.code = "bad_mapping"
        raise refused from None
    signing.verify(rule, account, incoming)


def sign(account: Account, raw: bytes, at: datetime) -> dict[str, str]:
    """The headers that `verify` accepts."""
    return signing.sign(mapping.of(account.config).signature, account, raw, at)


def translate(body: Any, account: Account, incoming: Incoming) -> list[Event]:
    """One event, or one for each entry of the mapping's list."""
    events = []
    for read in reading.read(_mapping(account), body, account, incoming):
        if read.event is None:
            raise Unreadable("; ".join(read.faults))
        events.append(read.event)
    return events


def headers_read(account: Account) -> frozenset[str]:
    """Lower-case names of the headers that `translate` looks at, for a replay."""
    try:
        return _mapping(account).headers()
    except Unreadable:
        return frozenset()


def _mapping(account: Account) -> Mapping:
    try:
        return mapping.of(account.config)
    except Problem as error:
        raise Unreadable("the account's mapping cannot be used") from error

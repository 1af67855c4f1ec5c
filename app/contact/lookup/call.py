"""One call to a shipper's own system: `GET`, a short answer in JSON, no surprises."""

from __future__ import annotations

import time
from typing import NamedTuple

import orjson
import requests
import urllib3
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from app.contact.lookup import guard
from app.contact.lookup.guard import PrivateTarget
from app.shipments import normal

CONNECT, READ = 3.0, 4.0  # seconds
TOTAL = 8.0  # seconds; with the last read it stays below the lease of a claim
_LARGEST = 64 * 1024  # bytes; an answer has some hundred
_NOTHING = frozenset({204, 404, 410})
_FOR_THE_MOMENT = frozenset({408, 425, 429})


class Found(NamedTuple):
    """What the shipper's system says; each may be empty."""

    phone: str
    email: str
    name: str
    language: str


class Nothing(NamedTuple):
    """It knows no contact for this parcel."""

    why: str


class Failed(NamedTuple):
    """It could not be asked; `temporary` when another try may go better."""

    why: str
    temporary: bool


Answer = Found | Nothing | Failed


class AnswerIn(Schema):
    """The JSON a shipper's system answers with; fields we do not know are welcome."""

    class Meta:
        """Only the named fields matter."""

        unknown = EXCLUDE

    phone = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=64))
    email = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=254))
    name = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=200))
    language = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=35))


_ANSWER = AnswerIn()


def ask(address: str, token: str | None, request_id: str) -> Answer:
    """Ask once. Never call it inside a transaction: it may take twelve seconds."""
    headers = {
        "Accept": "application/json",
        "Accept-Encoding": "identity",  # what is small packed can be large unpacked
        "User-Agent": "Reknock",
        "X-Request-ID": request_id,
    }
    if token:
        headers["Authorization"] = f"Bearer {token}"
    until = time.monotonic() + TOTAL
    try:
        with (
            guard.session() as session,
            session.get(
                address,
                headers=headers,
                timeout=(CONNECT, READ),
                # What is redirected is refused: the token is for this address alone.
                allow_redirects=False,
                stream=True,
            ) as answer,
        ):
            return _read(answer, until)
    except PrivateTarget:
        return Failed("private_address", temporary=False)
    except (requests.Timeout, urllib3.exceptions.TimeoutError):
        return Failed("timeout", temporary=True)
    except (requests.exceptions.SSLError, urllib3.exceptions.SSLError):
        return Failed("certificate", temporary=False)
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError):
        return Failed("connection", temporary=True)


def _read(answer: requests.Response, until: float) -> Answer:
    status = answer.status_code
    if status in _NOTHING:
        return Nothing(f"http_{status}")
    if status != 200:
        temporary = status >= 500 or status in _FOR_THE_MOMENT
        return Failed("redirected" if 300 <= status < 400 else f"http_{status}", temporary)
    body = b""
    while chunk := answer.raw.read1(_LARGEST):
        body += chunk
        if len(body) > _LARGEST:
            return Failed("too_long", temporary=False)
        if time.monotonic() > until:
            return Failed("timeout", temporary=True)
    try:
        told = _ANSWER.load(orjson.loads(body))
    except (orjson.JSONDecodeError, ValidationError):
        return Failed("not_understood", temporary=False)
    found = Found(**{name: normal.line(value or "") for name, value in told.items()})
    return found if found.phone or found.email else Nothing("no_contact")

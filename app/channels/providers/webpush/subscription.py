"""What a browser gives us so that it can be written to; kept sealed, as an endpoint's address."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

import orjson
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from app.channels.providers.webpush.encryption import Browser

_LONGEST = 1000


class Unusable(Exception):
    """A browser gave us what cannot be used."""


class Subscription(NamedTuple):
    """Where a browser's messages go, and what they are encrypted with."""

    endpoint: str
    browser: Browser


class _In(Schema):
    class Meta:
        unknown = EXCLUDE

    endpoint = fields.String(required=True, validate=validate.Length(min=1, max=_LONGEST))
    p256dh = fields.String(required=True, validate=validate.Length(max=100))
    auth = fields.String(required=True, validate=validate.Length(max=40))


def address(endpoint: str, p256dh: str, auth: str) -> str:
    """What is kept.

    Raises:
        Unusable: it is no subscription.
    """
    kept = orjson.dumps({"endpoint": endpoint, "p256dh": p256dh, "auth": auth}).decode()
    read(kept)
    return kept


def read(kept: str) -> Subscription:
    """Read what is kept.

    Raises:
        Unusable: it is no subscription.
    """
    try:
        said = _In().loads(kept)
        place = urlsplit(said["endpoint"])
        if place.scheme != "https" or not place.hostname or place.username:
            raise Unusable
        return Subscription(said["endpoint"], Browser.read(said["p256dh"], said["auth"]))
    except (ValidationError, ValueError):  # of the JSON, the address or a key
        raise Unusable from None

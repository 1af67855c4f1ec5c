"""Where a dispatch system takes its tasks, and the secret that signs them; kept sealed."""

from __future__ import annotations

import base64
import secrets
from typing import NamedTuple
from urllib.parse import urlsplit

import orjson

LONGEST = 500
SHORTEST = 24
"""Random bytes of a secret."""


class Unusable(Exception):
    """Nothing can be posted there."""


class System(NamedTuple):
    """A dispatch system."""

    url: str
    secret: str


def make(url: str, *, plain: bool = False) -> System:
    """A system at this address, with a secret of its own; `plain` allows `http:`.

    Raises:
        Unusable: nothing can be posted there.
    """
    url = url.strip()
    try:
        place = urlsplit(url)
        usable = bool(place.hostname and not place.username and not place.fragment)
        usable = usable and (place.port is None or place.port > 0)
    except ValueError:
        raise Unusable from None
    allowed = {"https", "http"} if plain else {"https"}
    strange = not url.isascii() or not url.isprintable() or " " in url
    if not usable or place.scheme not in allowed or strange or len(url) > LONGEST:
        raise Unusable
    return System(url, "whsec_" + base64.b64encode(secrets.token_bytes(SHORTEST)).decode())


def signs(secret: str) -> bool:
    """Whether something can be signed with it: `whsec_` and then base64 of enough bytes."""
    try:
        long = len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) >= SHORTEST
    except ValueError:
        return False
    return long and secret.startswith("whsec_")


def kept(system: System) -> str:
    """What is kept of it."""
    return orjson.dumps(system._asdict()).decode()


def read(text: str) -> System:
    """Read what is kept.

    Raises:
        Unusable: it is none of ours.
    """
    try:
        said = orjson.loads(text)
        return System(said["url"], said["secret"])
    except (ValueError, KeyError, TypeError):
        raise Unusable from None

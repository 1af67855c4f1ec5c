"""Twilio's signature: https://www.twilio.com/docs/usage/security."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable
from urllib.parse import urlsplit, urlunsplit

from werkzeug.datastructures import MultiDict


def signed(token: str, url: str, form: MultiDict[str, str], signature: str) -> bool:
    """Whether Twilio, who knows `token`, signed a request to `url` with `form`.

    HMAC-SHA1 over the address and then every name with its values, sorted, each value once;
    base64. Twilio signs with or without the port, depending on the product, so both count.
    Compared as text, in constant time.
    """
    if not token:
        return False
    fields = "".join(
        name + value for name in sorted(form.keys()) for value in sorted(set(form.getlist(name)))
    )
    given = signature.encode("utf-8", "replace")
    matches = [
        hmac.compare_digest(sign(token, spelling + fields), given) for spelling in _spellings(url)
    ]
    return any(matches)


def sign(token: str, text: str) -> bytes:
    """The signature of an address with its form, as one text."""
    return base64.b64encode(hmac.digest(token.encode(), text.encode("utf-8", "replace"), "sha1"))


def _spellings(url: str) -> Iterable[str]:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    bare = host if parts.port is None else host.rpartition(":")[0]
    port = parts.port or {"https": 443}.get(parts.scheme, 80)
    return {
        urlunsplit(parts._replace(netloc=netloc)) for netloc in (host, bare, f"{bare}:{port}")
    } | {url}

"""What providers that are spoken to by HTTP have in common."""

from __future__ import annotations

import ssl
from typing import Any

import requests
import urllib3

ONE_WAY = ("+91", "+86", "+502", "+506", "+507", "+84")
"""Countries from which an answer to a number abroad does not come: India, China, Guatemala,
Costa Rica, Panama, Vietnam."""


def never_left(error: requests.RequestException) -> bool:
    """Whether no byte of the request can have reached the provider."""
    if isinstance(error, (requests.ConnectTimeout, requests.exceptions.ProxyError)):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(reason, urllib3.exceptions.SSLError):
        return any(isinstance(arg, ssl.SSLCertVerificationError) for arg in reason.args)
    return isinstance(reason, urllib3.exceptions.NewConnectionError)


def json_of(answer: requests.Response) -> dict[str, Any]:
    """The object that was answered; an empty one where it is something else."""
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}

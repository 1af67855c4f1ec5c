"""Requests to hosts that somebody typed in: guarded, short, and one that is away slows no other.

Many endpoints share one lane, so that what lanes and circuits do for a provider is done here for
each host: it has a few calls at a time, and after several failures in a row it is left alone for a
while.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import requests
import urllib3
from urllib3.exceptions import NewConnectionError

from app.channels.circuit import Circuit
from app.channels.providers.base import Ambiguous, Refused
from app.contact.lookup import guard

CONNECT, READ = 3.0, 7.0  # seconds
TOTAL = 12.0  # seconds for one request
_LARGEST = 64 * 1024  # bytes of an answer; some hundred are usual
_AT_ONCE = 8
"""Calls to one host at a time: however slowly it answers, the others have room."""


class Reply(NamedTuple):
    """What a host answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Unanswered(Exception):
    """There is no answer. `why` is a code; `left` says whether the request may have arrived."""

    def __init__(self, why: str, *, left: bool = False, permanent: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.left = left
        self.permanent = permanent


class _Host:
    def __init__(self) -> None:
        self.circuit = Circuit()
        self.calls = 0


_hosts: dict[str, _Host] = {}
_lock = threading.Lock()


def forget() -> None:
    """Forget how every host is doing; for tests."""
    _hosts.clear()


def ask(method: str, url: str, **asked: Any) -> Reply:
    """Make one request.

    Raises:
        Unanswered: there is no answer.
    """
    with _room(urlsplit(url).netloc.rpartition("@")[2].lower()) as failed:
        try:
            reply = once(method, url, asked)
        except Unanswered as error:
            failed(not error.permanent)
            raise
        failed(reply.status >= 500)
        return reply


def post(name: str, url: str, data: bytes, headers: Mapping[str, str]) -> Reply:
    """Hand a message over; `name` begins the codes of what goes wrong.

    Raises:
        Refused: it was certainly not taken.
        Ambiguous: nobody knows.
    """
    try:
        reply = ask("POST", url, data=data, headers=headers)
    except Unanswered as error:
        raise doubt(name, error) from None
    if not 200 <= reply.status < 300:
        raise refusal(name, reply.status)
    return reply


def doubt(name: str, error: Unanswered) -> Refused | Ambiguous:
    """What it means for a message that there was no answer."""
    if error.left:
        return Ambiguous(f"{name}_{error.why}")
    return Refused(f"{name}_{error.why}", permanent=error.permanent)


def refusal(name: str, status: int) -> Refused | Ambiguous:
    """What it means for a message that this was the answer."""
    if status >= 500:
        return Ambiguous(f"{name}_http_{status}")
    return Refused(f"{name}_http_{status}", permanent=status not in {408, 425, 429})


@contextmanager
def _room(name: str) -> Iterator[Callable[[bool], None]]:
    """Room for a call to this host; to be told whether the call failed.

    Raises:
        Unanswered: it has enough calls, or is left alone for a while.
    """
    with _lock:
        host = _hosts.setdefault(name, _Host())
        if host.calls >= _AT_ONCE:
            raise Unanswered("busy")
        if not host.circuit.room(time.monotonic()):
            raise Unanswered("away")
        host.calls += 1
        host.circuit.calling()
    said = [False]
    try:
        yield said.append
    finally:
        with _lock:
            host.calls -= 1
            host.circuit.heard(failed=said[-1], now=time.monotonic())


def once(method: str, url: str, asked: Mapping[str, Any]) -> Reply:
    """The same for whoever sees to it that no host slows another.

    Raises:
        Unanswered: there is no answer.
    """
    until = time.monotonic() + TOTAL
    try:
        with (
            guard.session() as session,
            session.request(
                method, url, timeout=(CONNECT, READ), allow_redirects=False, stream=True, **asked
            ) as answer,
        ):
            return Reply(answer.status_code, answer.headers, _body(answer, until))
    except guard.PrivateTarget:
        raise Unanswered("private_address", permanent=True) from None
    except requests.exceptions.SSLError:
        raise Unanswered("certificate", permanent=True) from None
    except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, ValueError):
        raise Unanswered("bad_address", permanent=True) from None
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        if _never_left(error):
            raise Unanswered("connection") from None
        raise Unanswered("no_answer", left=True) from None


def _body(answer: requests.Response, until: float) -> bytes:
    """The answer's body, as far as it matters: its end may be missing."""
    body = b""
    for chunk in answer.iter_content(4096):
        body += chunk
        if len(body) >= _LARGEST or time.monotonic() > until:
            break
    return body[:_LARGEST]


def _never_left(error: Exception) -> bool:
    if isinstance(error, requests.ConnectTimeout):
        return True
    inner = error.args[0] if error.args else None
    return isinstance(getattr(inner, "reason", None), NewConnectionError)

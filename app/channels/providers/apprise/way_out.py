"""The only way out of Apprise: what stands in its plug-ins where the library `requests` stood.

A person chooses where an address leads, so each request goes through the guard: to public machines
only, with certificates checked, following no redirect, within seconds, by no file. What came back
is noted, since a plug-in itself only says yes or no.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import requests

from app.channels import hosts
from app.channels.hosts import Reply, Unanswered

_PASSED_ON = ("data", "json", "params", "headers", "auth")
_MOST = 6
"""Requests for one message; a bot needs two or three."""
_of_thread = threading.local()

Heard = Reply | Unanswered


@contextmanager
def noted() -> Iterator[list[Heard]]:
    """What this thread's requests came to, in order."""
    heard: list[Heard] = []
    _of_thread.heard = heard
    try:
        yield heard
    finally:
        _of_thread.heard = None


def request(method: str, url: str, **asked: Any) -> requests.Response:
    """Make a request as `requests.request` does, as far as plug-ins need it.

    Raises:
        requests.ConnectionError: there is no answer.
    """
    heard: list[Heard] | None = getattr(_of_thread, "heard", None)
    if heard is None or len(heard) >= _MOST:
        raise requests.ConnectionError("too many requests for one message")
    passed = {name: asked[name] for name in _PASSED_ON if asked.get(name) is not None}
    try:
        reply = hosts.ask(method, url, **passed)
    except Unanswered as error:
        heard.append(error)
        raise requests.ConnectionError(error.why) from error
    heard.append(reply)
    answer = requests.Response()
    answer.status_code = reply.status
    answer._content = reply.body  # noqa: SLF001 - how the library itself fills it
    answer.headers.update(reply.headers)
    answer.encoding = "utf-8"
    return answer


def _verb(method: str) -> Callable[..., requests.Response]:
    def ask(url: str, **asked: Any) -> requests.Response:
        return request(method, url, **asked)

    return ask


class _Guarded(ModuleType):
    """What plug-ins use of `requests`; anything else of it is not there."""

    codes = requests.codes
    exceptions = requests.exceptions
    RequestException = requests.RequestException
    request = staticmethod(request)
    get = staticmethod(_verb("GET"))
    post = staticmethod(_verb("POST"))
    put = staticmethod(_verb("PUT"))
    patch = staticmethod(_verb("PATCH"))
    delete = staticmethod(_verb("DELETE"))


GUARDED = _Guarded("requests")


def shut(module: ModuleType) -> None:
    """Let a plug-in's module reach the network this way and no other."""
    module.requests = GUARDED  # type: ignore[attr-defined]

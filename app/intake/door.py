"""WSGI middleware that takes webhooks before Flask prepares for a page.

Couriers come by more often than all others together and need no session, no template and no
routing; preparing for these would cost more than checking and reading what they say. Whatever
is not as it should be is explained by Flask, as everywhere in the house.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Request

from app.intake import api

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_WEBHOOK = re.compile(r"/webhooks/([A-Za-z0-9_-]+)")


class Door:
    """`app.wsgi_app = Door(app.wsgi_app)`."""

    def __init__(self, flask: WSGIApplication) -> None:
        self._flask = flask

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        webhook = _WEBHOOK.fullmatch(environ.get("PATH_INFO", ""))
        if webhook is None or environ["REQUEST_METHOD"] != "POST":
            return self._flask(environ, start_response)
        try:
            answer = api.take(Request(environ, populate_request=False), webhook[1])
        except Exception as error:  # noqa: BLE001 - Flask knows what to do with any
            environ[api.REFUSED] = error
            return self._flask(environ, start_response)
        start_response(answer.status, answer.headers.to_wsgi_list())
        return [answer.get_data()]  # in one piece: what is iterated over would be streamed

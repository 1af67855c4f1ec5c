"""WSGI middleware that takes webhooks before Flask prepares for a page.

Couriers come by more often than all others together and need no session, no template and no
routing; preparing for these would cost more than checking and reading what they say. Whatever
is not as it should be is explained by Flask, as everywhere in the house.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, Request, Response

from app.intake import api

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_WEBHOOK = re.compile(r"/webhooks/([A-Za-z0-9_-]+)")


class Door:
    """`app.wsgi_app = Door(app)`: the same answers, sooner."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._flask = app.wsgi_app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        webhook = _WEBHOOK.fullmatch(environ["PATH_INFO"])
        if webhook is None or environ["REQUEST_METHOD"] != "POST":
            return self._flask(environ, start_response)
        try:
            answer = api.take(Request(environ, populate_request=False), webhook[1])
        except Exception as error:  # noqa: BLE001 - Flask knows what to do with any
            answer = self._explain(error, environ)
        start_response(answer.status, answer.headers.to_wsgi_list())
        return [answer.get_data()]  # in one piece: what is iterated over would be streamed

    def _explain(self, error: Exception, environ: WSGIEnvironment) -> Response:
        with self._app.request_context(environ):
            try:
                return self._app.make_response(self._app.handle_user_exception(error))
            except Exception as unforeseen:  # noqa: BLE001 - it is logged there
                return self._app.handle_exception(unforeseen)

"""How every request is read and every answer leaves: limits, JSON, and headers that protect."""

from __future__ import annotations

import time
from datetime import date
from io import BytesIO
from typing import Any

from flask import Flask, Request, Response, g, request
from flask.json.provider import DefaultJSONProvider
from typing_extensions import override
from webargs.core import missing
from webargs.flaskparser import FlaskParser, is_json_request

from app import errors, json_body
from app.counted import families
from app.errors import Problem

LIMIT = 1024 * 1024
"""Bytes of the largest body; addresses that take more, or less, say so themselves."""
_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
_YEAR = 365 * 24 * 3600


class _Nowhere(BytesIO):
    """Where files go that nobody reads."""

    @override
    def write(self, buffer: Any) -> int:
        return len(buffer)


class HouseRequest(Request):
    """A request whose forms hold texts and no files, unless its address takes some."""

    max_form_memory_size = LIMIT
    discards_files = False
    """Whether files are read past instead of being refused."""
    takes_files = False
    """Whether they are let in; `app.photos.uploads` says so, and how much may come."""

    @override
    def _get_file_stream(self, *about: Any, **more: Any) -> Any:
        if self.takes_files:
            return super()._get_file_stream(*about, **more)
        if self.discards_files:
            return _Nowhere()
        raise Problem(400, "no_files", "Files are not taken here. Please send texts only.")


def _plain(value: Any) -> Any:
    """A moment as RFC 3339 writes it, and not as HTTP does; the rest as Flask writes it."""
    return value.isoformat() if isinstance(value, date) else DefaultJSONProvider.default(value)


class HouseJson(DefaultJSONProvider):
    """`request.get_json` with the limits of `json_body`; times leave with their offset."""

    default = staticmethod(_plain)

    @override
    def loads(self, s: str | bytes, **_: Any) -> Any:
        return json_body.parse(s.encode("utf-8", "surrogatepass") if isinstance(s, str) else s)


class HouseParser(FlaskParser):
    """webargs, with the limits of `json_body`; where files are let in, a form stands for JSON."""

    @override
    def load_json(self, req: Request, schema: Any) -> Any:
        if isinstance(req, HouseRequest) and req.takes_files:
            return self.load_form(req, schema)
        return super().load_json(req, schema)

    @override
    def _raw_load_json(self, req: Request) -> Any:
        # What was sent is read whatever it is called: curl calls all of it a form.
        raw = req.get_data(cache=True)
        return json_body.parse(raw) if is_json_request(req) or raw.strip() else missing


def configure(app: Flask, public_url: str) -> None:
    """Let `app` read and answer like this."""
    app.request_class = HouseRequest
    app.json = HouseJson(app)
    app.url_map.strict_slashes = False  # a link that was copied with a slash is the same link
    app.config["MAX_CONTENT_LENGTH"] = LIMIT
    errors.register(app)
    secure = public_url.startswith("https:")

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def count(answer: Response) -> Response:
        if "began" in g:
            method = request.method if request.method in _METHODS else "other"
            route = request.url_rule.rule if request.url_rule else ""
            kind = families.status_class(answer.status_code)
            families.HTTP.observe(time.perf_counter() - g.began, route, method, kind)
        return answer

    @app.after_request
    def protect(answer: Response) -> Response:
        answer.headers["X-Content-Type-Options"] = "nosniff"
        if request.path.startswith("/api/"):
            answer.headers.setdefault("Cache-Control", "no-store")
        if secure:
            answer.headers["Strict-Transport-Security"] = f"max-age={_YEAR}"
        return answer

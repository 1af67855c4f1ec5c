"""`Idempotency-Key` for any view that creates something: sent twice, done once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import ParamSpec, TypeVar

import psycopg
from flask import Response, current_app, request

from app.access import idempotency, vault
from app.access.idempotency import Answer
from app.access.keys import caller
from app.access.openapi import idempotent
from app.db.connection import connection

P = ParamSpec("P")
R = TypeVar("R")


def once(*, secret: bool = False) -> Callable[[Callable[P, R]], Callable[P, R | Response]]:
    """Let a view be done once for a key; it stands right below `@require`.

    With `secret` something is shown in the answer that nobody else may read, so it is kept sealed.

    Raises:
        Problem: 422, the key was used for another request; 409, that one is being worked on.
    """

    def wrap(view: Callable[P, R]) -> Callable[P, R | Response]:
        @wraps(view)
        def answered(*args: P.args, **kwargs: P.kwargs) -> R | Response:
            key = request.headers.get("Idempotency-Key")
            if not key:
                return view(*args, **kwargs)
            scope = f"{request.endpoint}:{caller().key_id}"
            asked = hashlib.sha256(f"{request.full_path}\n".encode() + request.get_data())
            known = idempotency.begin(connection(), scope, key, asked.digest())
            if known:
                body = vault.unseal(known.body).encode() if secret else known.body
                return Response(body, known.status, content_type=known.content_type)
            try:
                answer: Response = current_app.make_response(view(*args, **kwargs))  # type: ignore[arg-type] # whatever a view may answer
            except Exception:
                with suppress(psycopg.Error):  # else the key is free in two minutes
                    idempotency.abandon(connection(), scope, key)
                raise
            body = vault.seal(answer.get_data(as_text=True)) if secret else answer.get_data()
            kept = Answer(answer.status_code, answer.content_type or "", body)
            idempotency.finish(connection(), scope, key, kept)
            return answer

        return idempotent(answered)

    return wrap

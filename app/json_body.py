"""The one reader of JSON that comes from outside."""

from __future__ import annotations

import json
from typing import Any

import orjson

from app.errors import Problem


def parse(raw: bytes) -> Any:
    """The body as JSON.

    Raises:
        Problem: 400, it is not JSON.
    """
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        try:
            return json.loads(raw)  # accepts a little more: odd escapes, deep nesting
        except (ValueError, RecursionError) as error:
            raise Problem(400, "not_json", f"The body is not JSON: {error}.") from error

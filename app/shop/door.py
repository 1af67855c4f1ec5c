"""Who is let in: people of a shipper, to what is that shipper's."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Response

from app.access.keys import caller
from app.access.session import require_session
from app.theme import respond

P = ParamSpec("P")


def of_a_shipper(view: Callable[P, Response]) -> Callable[P, Response]:
    """Let people of a shipper see a page; an admin, who is of none, is led to all of them."""

    @require_session("shipper")
    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Response:
        if caller().shipper_id is None:
            return respond.see_other("/console/manage/shippers")
        return view(*args, **kwargs)

    return guarded


def shipper_id() -> int:
    """Whose people are here; only inside a view that `of_a_shipper` guards."""
    found = caller().shipper_id
    assert found is not None  # noqa: S101 - the door saw to it
    return found

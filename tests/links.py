"""The customer's page of a case, as a message would lead there."""

from __future__ import annotations

from app.cases import own_page
from app.cases import service as cases
from app.db.connection import connection


def page_of(case_id: int) -> str:
    """The path of the page."""
    return f"/c/{token_of(case_id)}"


def token_of(case_id: int) -> str:
    """What stands in that path."""
    return own_page.token(cases.by_ids(connection(), [case_id])[case_id])

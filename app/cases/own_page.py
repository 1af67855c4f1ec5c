"""The address of the customer's own page of a case, and until when it opens it.

A link stands while its case is open, and for a policy's days after that. A case that was opened
before there were keys keeps its former link until a new one is asked for.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from app.access import links, own_pages
from app.access.own_pages import Opened
from app.cases.model import Case
from app.errors import Problem


def token(case: Case) -> str:
    """What opens the page; the same until a new link is given out."""
    return token_of(case.id, case.page_key)


def token_of(case_id: int, key: bytes | None) -> str:
    """The same of a case of which no more is known."""
    return own_pages.token(case_id, key) if key else links.make("case", case_id)


def url(case: Case) -> str:
    """The whole address, as it stands in messages."""
    return links.at(f"/c/{token(case)}", case.shipper.brand.domain)


def code(case: Case) -> str:
    """What is typed at `/c` where a link is cut or not trusted; empty without one."""
    return own_pages.code(case.id, case.page_key) if case.page_key else ""


def read(token: str) -> Opened:
    """What a token is about; whether it still opens the page is for `ended` to say.

    Raises:
        Problem: 404, this is no token of ours.
    """
    if "." not in token and (opened := own_pages.read(token)):
        return opened
    (case_id,) = links.read("case", token)
    return Opened(case_id, b"")


def ended(case: Case, opened: Opened, kept: timedelta, now: datetime) -> bool:
    """Whether a link opens the page no more: another was given out since, or its days are over."""
    return opened.key != (case.page_key or b"") or over(case, kept, now)


def over(case: Case, kept: timedelta, now: datetime) -> bool:
    """Whether the days of a case's newest link are over."""
    if case.closed_at is None:
        return False
    since = max(case.closed_at, case.page_key_at or case.closed_at)
    return now > since + kept


def gone() -> Problem:
    """What is said where a link has ended and nothing can be shown instead."""
    return Problem(200, "link_ended", "This link has ended, so it shows nothing any more.")

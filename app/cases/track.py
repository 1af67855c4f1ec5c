"""The token by which anybody may read how far a case is, such as on the shop's own pages.

It is not the customer's link: it opens no page and can do nothing, and what it shows is about the
parcel and not about the person. So a shop may put it where others see it.
"""

from __future__ import annotations

from app.access import links

_PURPOSE = "track"


def token(case_id: int) -> str:
    """The token of a case; the same each time."""
    return links.make(_PURPOSE, case_id)


def url(case_id: int) -> str:
    """Where a program reads it."""
    return links.at(f"/api/v1/track/{token(case_id)}")


def read(token: str) -> int:
    """The case of a token.

    Raises:
        Problem: 404, this is no token of ours for this purpose.
    """
    (case_id,) = links.read(_PURPOSE, token)
    return case_id


def of(case_id: int) -> dict[str, str]:
    """What a shipper is told of it beside a case."""
    return {"track_token": token(case_id), "track_url": url(case_id)}

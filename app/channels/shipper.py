"""By which ways a shipper is written to."""

from __future__ import annotations

from app.cases.model import Shipper
from app.channels.service import Route
from app.shipments.reachable import check_email, check_number


def routes(shipper: Shipper) -> list[Route]:
    """E-mail first: a shipper is an office."""
    ways = []
    if email := check_email(shipper.email):
        ways.append(Route("email", email))
    if phone := check_number(shipper.phone, shipper.country).e164:
        ways.append(Route("sms", phone))
    return ways

"""A shipper is written to: in which language, and by which ways."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from app import languages
from app.cases.model import Case, Shipper
from app.channels.service import Draft, Route
from app.languages.language import Language
from app.shipments.reachable import check_email, check_number


class Mail(NamedTuple):
    """What a shipper reads."""

    subject: str
    text: str


def language(shipper: Shipper) -> Language:
    """That of its country: who reads an office's mail is not known."""
    return languages.choose(None, {"country": shipper.country})


def routes(shipper: Shipper) -> list[Route]:
    """E-mail first: a shipper is an office."""
    ways = []
    if email := check_email(shipper.email):
        ways.append(Route("email", email))
    if phone := check_number(shipper.phone, shipper.country).e164:
        ways.append(Route("sms", phone))
    return ways


def about(case: Case, topic: str, key: str, mail: Mail, needs_case: str = "open") -> Draft:
    """To the shipper of a case, about it; `key` is the message's own."""
    draft = about_no_case(case.shipper, topic, key, mail)
    return replace(draft, case_id=case.id, needs_case=needs_case, request_id=case.request_id)


def about_no_case(shipper: Shipper, topic: str, key: str, mail: Mail) -> Draft:
    """To a shipper, about what belongs to no case."""
    return Draft(
        case_id=0,
        audience="shipper",
        topic=topic,
        idempotency_key=key,
        routes=routes(shipper),
        subject=mail.subject,
        text=mail.text,
        language=language(shipper).code,
        needs_case="none",
        request_id=key,
    )

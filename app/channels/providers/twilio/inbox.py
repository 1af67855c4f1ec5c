"""Messages from people that Twilio has and that may never have reached us.

Twilio repeats a callback for some seconds only; what it could not tell is in its list, the newest
first: https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin

import requests

from app.channels import heard
from app.channels.heard import Written
from app.channels.providers.base import Known
from app.channels.providers.twilio.sending import WHATSAPP, account_url
from app.settings import Settings

_TIMEOUT = (3.0, 10.0)  # seconds to connect and to answer
_PAGE = 100


def pages(settings: Settings, since: datetime, known: Known) -> Iterator[Sequence[Written]]:
    """What came in on the day of `since` and later, the newest first, page by page.

    Raises:
        requests.RequestException: Twilio cannot be asked now.
    """
    values = settings.plug_ins
    asked: dict[str, str] = {"DateSent>": f"{since:%Y-%m-%d}", "PageSize": str(_PAGE)}
    ours: list[str] = []
    if values["TWILIO_FROM"].startswith("+"):  # else a messaging service with several numbers
        ours.append(values["TWILIO_FROM"])
        if number := values["TWILIO_WHATSAPP_FROM"].removeprefix(WHATSAPP):
            ours.append(WHATSAPP + number)
    with requests.Session() as session:
        session.auth = (values["TWILIO_ACCOUNT_SID"], values["TWILIO_AUTH_TOKEN"])
        for number in ours or [""]:
            to = {"To": number} if number else {}
            yield from _of_number(session, settings, asked | to, known)


def _of_number(
    session: requests.Session, settings: Settings, asked: dict[str, str], known: Known
) -> Iterator[Sequence[Written]]:
    url: str | None = f"{account_url(settings)}/Messages.json"
    while url:
        answer = session.get(url, params=asked, timeout=_TIMEOUT, allow_redirects=False)
        answer.raise_for_status()
        body = answer.json()
        page = [_read(item) for item in body.get("messages") or [] if _came_in(item)]
        old = known([message.provider_id for message in page])
        new = [message for message in page if message.provider_id not in old]
        if page and not new:
            return
        yield new
        following = body.get("next_page_uri")
        url, asked = (urljoin(url, following) if following else None), {}


def _came_in(item: Any) -> bool:
    return isinstance(item, dict) and item.get("direction") == "inbound" and bool(item.get("sid"))


def _read(item: dict[str, Any]) -> Written:
    return heard.incoming(
        provider="twilio",
        provider_id=str(item["sid"]),
        channel="whatsapp" if str(item.get("from")).startswith(WHATSAPP) else "sms",
        sender=str(item.get("from") or "").removeprefix(WHATSAPP),
        words=str(item.get("body") or ""),
        answers_keywords=True,
        at=_moment(item.get("date_sent")) or _moment(item.get("date_created")),
    )


def _moment(text: Any) -> datetime | None:
    try:
        at = parsedate_to_datetime(str(text))
    except ValueError:
        return None
    return at if at.tzinfo else None

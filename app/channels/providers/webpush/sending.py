"""One message to one browser, through the push service that the browser chose."""

from __future__ import annotations

import re
from datetime import datetime

import orjson

from app import clock
from app.channels import hosts
from app.channels.hosts import Unanswered
from app.channels.providers.base import ENDED, Accepted, Outgoing, Refused
from app.channels.providers.webpush import encryption, subscription, vapid
from app.channels.providers.webpush.subscription import Unusable
from app.settings import Settings

_TTL = 15 * 60
"""Seconds that a message waits for a phone that is off: by then others were called."""
_LONGEST = 500
_LINK = re.compile(r"[:.]?\s*(https?://\S+)\s*$")
_GONE = frozenset({404, 410})
_TOPIC = re.compile(r"[A-Za-z0-9_-]{1,32}")


def carrier(settings: Settings) -> WebPush:
    """What carries messages to browsers in this process."""
    return WebPush(settings)


class WebPush:
    """Encrypts and hands over. A newer message about something takes an older one's place."""

    def __init__(self, settings: Settings) -> None:
        self._us = settings.public_url
        if not self._us.startswith("https:"):  # no service takes another kind of address
            self._us = "mailto:reknock@localhost"

    def send(self, message: Outgoing) -> Accepted:
        """Hand it over; a browser that is no more is said to be so."""
        try:
            to = subscription.read(message.address)
        except Unusable:
            raise Refused("push_bad_address", permanent=True) from None
        headers = {
            "Authorization": vapid.authorization(to.endpoint, self._us, clock.machine_now()),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(_TTL),
            "Urgency": "high",
        }
        if _TOPIC.fullmatch(message.about):
            headers["Topic"] = message.about
        body = encryption.encrypt(payload(message), to.browser)
        try:
            reply = hosts.ask("POST", to.endpoint, data=body, headers=headers)
        except Unanswered as error:
            raise hosts.doubt("push", error) from None
        if reply.status in _GONE:
            raise Refused(ENDED, permanent=True)
        if not 200 <= reply.status < 300:
            raise hosts.refusal("push", reply.status)
        return Accepted("")

    def ask(self, message: Outgoing, since: datetime) -> Accepted | None:  # noqa: ARG002
        """A push service cannot be asked."""
        return None


def payload(message: Outgoing) -> bytes:
    """What the browser shows, and the page that a tap opens; nothing else."""
    link = _LINK.search(message.text)
    words = message.text[: link.start()] if link else message.text
    words = words.removeprefix(message.subject).strip(" .")
    return orjson.dumps(
        {
            "title": message.subject,
            "body": words[:_LONGEST],
            "url": link[1] if link else "/console",
            "tag": message.about,
        }
    )

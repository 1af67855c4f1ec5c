"""Text messages through Vonage's Messages API, or a sandbox at `VONAGE_API_BASE`.

What an answer means:

- no connection: nothing left, tried again;
- 202 with a `message_uuid`: accepted; receipts follow (see `callbacks.py`);
- 401, 402 and 403: our account and not the recipient; 429 and 503: turned away at the door. All
  are tried again;
- other 4xx: final, with Vonage's own code as the reason;
- anything else: Vonage may have the message. It takes no idempotency key and cannot be asked, so
  nobody knows until a receipt comes.
"""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any

import requests

from app.channels.providers import http
from app.channels.providers.base import Accepted, Ambiguous, Outgoing, Refused, callback_url
from app.channels.providers.vonage import token
from app.channels.providers.vonage.codes import why
from app.settings import Settings

_TIMEOUT = (3.0, 10.0)  # seconds to connect and to answer
_RETRY = {401, 402, 403, 429, 503}
_UNSURE = {408, 500, 502, 504}


def carrier(settings: Settings) -> Vonage:
    """What carries text messages in this process."""
    return Vonage(settings)


class Vonage:
    """One HTTP session per thread: connections stay open, and none is shared."""

    def __init__(self, settings: Settings) -> None:
        values = settings.plug_ins
        self._url = f"{values['VONAGE_API_BASE'].rstrip('/')}/v1/messages"
        self._auth = token.auth(values)
        self._from = values["VONAGE_FROM"]
        self._tell = callback_url(settings, "vonage", "status")
        self._local = threading.local()

    def send(self, message: Outgoing) -> Accepted:
        """Hand one message to Vonage."""
        try:
            answer = self._session().post(
                self._url, json=self._document(message), timeout=_TIMEOUT, allow_redirects=False
            )
        except requests.RequestException as error:
            if http.never_left(error):
                raise Refused("vonage_connection", permanent=False) from error
            raise Ambiguous("vonage_no_answer") from error
        body, status = http.json_of(answer), answer.status_code
        if status == requests.codes.accepted and body.get("message_uuid"):
            return Accepted(str(body["message_uuid"]))
        if status in _UNSURE or status < 300:
            raise Ambiguous(f"vonage_http_{status}")
        raise Refused(why(body, f"http_{status}"), permanent=status not in _RETRY)

    def _document(self, message: Outgoing) -> dict[str, Any]:
        sms = {"encoding_type": "auto"}
        if message.template is not None and message.template.entity_id:
            # India's carriers take a text by its ids there
            sms |= {
                "content_id": message.template.id,
                "entity_id": message.template.entity_id,
            }
        return {
            "message_type": "text",
            "channel": "sms",
            "to": message.recipient.removeprefix("+"),
            "from": self._from.removeprefix("+"),
            "text": message.text,
            # Our own id comes back in what is signed, even before the answer is recorded.
            "client_ref": str(message.id),
            "webhook_url": self._tell,
            "webhook_version": "v1",
            "sms": sms,
        }

    def ask(self, message: Outgoing, since: datetime) -> Accepted | None:  # noqa: ARG002
        """Vonage cannot be asked."""
        return None

    def forget(self, channel: str, provider_id: str) -> None:  # noqa: ARG002 - it carries one
        """Have a message redacted; Vonage lets an account do so when it is asked to."""
        url = self._url.removesuffix("/messages") + "/redact/transaction"
        what = {"id": provider_id, "product": "messages", "type": "outbound"}
        try:
            answer = self._session().post(url, json=what, timeout=_TIMEOUT, allow_redirects=False)
        except requests.RequestException as error:
            raise Refused("vonage_connection", permanent=False) from error
        if answer.status_code not in {200, 204, 404}:
            raise Refused(f"vonage_http_{answer.status_code}", permanent=False)

    def can_be_answered(self, recipient: str) -> bool:
        """Whether our sender is a number, and the country lets text messages through both ways."""
        return self._from.removeprefix("+").isdigit() and not recipient.startswith(http.ONE_WAY)

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            session.auth = self._auth
        return session

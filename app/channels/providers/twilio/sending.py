"""Text messages, WhatsApp and calls through Twilio's API, or a sandbox at `TWILIO_API_BASE`.

What an answer means:

- no connection: nothing left, tried again;
- 201 with a `sid`: accepted; receipts follow (see `callbacks.py`);
- 429 and 503: turned away at the door, tried again;
- 401 and 403: our account and not the recipient, tried again, while somebody mends it;
- other 4xx: final, with Twilio's own code as the reason;
- 500, 502, 504, a broken connection, a time-out while reading, an answer that makes no sense:
  Twilio may have the message, and its API takes no idempotency key: nobody knows, until a
  receipt comes or `ask` finds the message. (Twilio's help page counts these among what may be
  retried; for a text message that means telling somebody twice.)

A call is asked for with an address that says what is spoken once it is answered (see
`callbacks.py`), so that whoever answers late hears how things are then.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from itertools import chain
from typing import Any

import requests

from app import languages
from app.channels.buttons import BUTTONS
from app.channels.heard import Price, Receipt
from app.channels.providers import http
from app.channels.providers.base import (
    Accepted,
    Ambiguous,
    Options,
    Outgoing,
    Refused,
    callback_url,
)
from app.channels.providers.twilio.codes import STATES, why
from app.settings import Settings

_TIMEOUT = (3.0, 10.0)  # seconds to connect and to answer: Twilio answers in about 0.3
_ASK_TIMEOUT = (3.0, 5.0)  # asking is a courtesy and must leave time to record
_RETRIES = "#rc=3&rp=all"  # asks for repeats of a callback that we did not take
_RINGS_FOR = "25"  # seconds; most mailboxes take over later
_AT_MOST = "240"  # seconds of a call: less than what `Provider.calls_end` waits for
WHATSAPP = "whatsapp:"
"""Before a number that is meant on WhatsApp."""
_CONTENT = "HX"
"""How the names of its prepared texts begin."""
_VALUE = 255  # characters of a value that goes into a prepared text
_RETRY = {401, 403, 429, 503}
_UNSURE = {408, 500, 502, 504}
_SKEW = timedelta(seconds=5)  # between our clock and Twilio's, whose times have whole seconds

IN_CALL = "#rc=2&rp=all&ct=2000&rt=4500"
"""The same while somebody holds the line: Twilio gives up after 15 seconds in all."""

# At DEBUG it writes addresses of requests, and `ask` has the number in its address.
logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)


def carrier(settings: Settings) -> Twilio:
    """What carries text messages and calls in this process."""
    return Twilio(settings)


def account_url(settings: Settings) -> str:
    """Where the account stands in Twilio's API."""
    values = settings.plug_ins
    base, sid = values["TWILIO_API_BASE"].rstrip("/"), values["TWILIO_ACCOUNT_SID"]
    return f"{base}/2010-04-01/Accounts/{sid}"


def calls_from(settings: Settings) -> str:
    """The number that calls; empty when there is none."""
    values = settings.plug_ins
    number = values["TWILIO_FROM"] if values["TWILIO_FROM"].startswith("+") else ""
    return values["TWILIO_VOICE_FROM"] or number


class Twilio:
    """One HTTP session per thread: connections stay open, and none is shared."""

    def __init__(self, settings: Settings) -> None:
        values = settings.plug_ins
        self._messages = f"{account_url(settings)}/Messages.json"
        self._calls = f"{account_url(settings)}/Calls"
        self._auth = (values["TWILIO_ACCOUNT_SID"], values["TWILIO_AUTH_TOKEN"])
        self._from = values["TWILIO_FROM"]
        self._whatsapp_from = values["TWILIO_WHATSAPP_FROM"]
        self._calls_from = calls_from(settings)
        self._callback = callback_url(settings, "twilio", "status")
        self._answered = callback_url(settings, "twilio", "call")
        self._ended = callback_url(settings, "twilio", "ended")
        self._buttons = _sids(values["TWILIO_QUICK_REPLIES"])
        self._lists = _sids(values["TWILIO_LISTS"])
        self._undo = _sids(values["TWILIO_UNDO"])
        self._local = threading.local()

    def _content(self, message: Outgoing) -> dict[str, str]:
        """What it says: the words, or the name of a prepared text with its values.

        Where numbers answer it, and a text with so many buttons or rows is set up, it is that text.
        """
        template, options = message.template, message.options
        if options and (prepared := self._pressed(options)):
            return prepared
        if template is None or not template.id.startswith(_CONTENT):
            return {"Body": message.text}
        return _prepared(template.id, template.values)

    def _pressed(self, options: Options) -> dict[str, str] | None:
        number, said = len(options.buttons), [options.text, options.listed]
        if options.by_zero:
            place, sids = 0, self._undo
            said += options.buttons
        elif number > BUTTONS:
            place, sids = number - BUTTONS - 1, self._lists
            said += [options.opens, *chain(*zip(options.buttons, options.rows, strict=True))]
        else:
            place, sids = number - 1, self._buttons
            said += options.buttons
        values = [" ".join(words.split()) for words in said]
        fits = 0 <= place < len(sids) and max(map(len, values)) <= _VALUE
        return _prepared(sids[place], values) if fits else None

    def send(self, message: Outgoing) -> Accepted:
        """Hand one message to Twilio; its `sid` is the provider's id."""
        if message.channel == "voice":
            return self._create(f"{self._calls}.json", self._call(message))
        return self._create(self._messages, self._text(message))

    def _text(self, message: Outgoing) -> dict[str, Any]:
        origin = self._from
        if message.channel == "whatsapp":
            origin = WHATSAPP + self._whatsapp_from.removeprefix(WHATSAPP)
        return {
            "To": _to(message),
            "From": origin,
            **self._content(message),
            # Our own id, so that a receipt finds its message even before the sid is recorded.
            "StatusCallback": f"{self._callback}?m={message.id}{_RETRIES}",
        }

    def _call(self, message: Outgoing) -> dict[str, Any]:
        if not self._calls_from:
            raise Refused("twilio_no_number_to_call_from", permanent=True)
        spoken = "" if message.language == languages.HOUSE else f"&l={message.language}"
        return {
            "To": message.recipient,
            "From": self._calls_from,
            "Url": f"{self._answered}?m={message.id}{spoken}{IN_CALL}",
            "Method": "POST",
            "Timeout": _RINGS_FOR,
            "TimeLimit": _AT_MOST,
            "StatusCallback": f"{self._ended}?m={message.id}{_RETRIES}",
            "StatusCallbackMethod": "POST",
            # the first tells of a call whose answer to this request was lost
            "StatusCallbackEvent": ["initiated", "completed"],
        }

    def _create(self, url: str, form: dict[str, Any]) -> Accepted:
        try:
            answer = self._session().post(url, data=form, timeout=_TIMEOUT, allow_redirects=False)
        except requests.RequestException as error:
            if http.never_left(error):
                raise Refused("twilio_connection", permanent=False) from error
            raise Ambiguous("twilio_no_answer") from error
        body = http.json_of(answer)
        if answer.status_code in {200, 201} and body.get("sid"):
            return Accepted(str(body["sid"]))
        status = answer.status_code
        if status in _UNSURE or status < 300:
            raise Ambiguous(f"twilio_http_{status}")
        raise Refused(why(body.get("code"), f"http_{status}"), permanent=status not in _RETRY)

    def ask(self, message: Outgoing, since: datetime) -> Accepted | None:
        """Look for these very words to this very number since then.

        What is found settles it: whoever got them has been told. What is not found proves
        nothing, for the list may lag behind. The list of calls does not say what a call is
        about, and what went as a prepared text is listed in the words of that text.
        """
        if message.channel == "voice" or "Body" not in self._content(message):
            return None
        try:
            answer = self._session().get(
                self._messages,
                params={"To": _to(message), "PageSize": "20"},
                timeout=_ASK_TIMEOUT,
                allow_redirects=False,
            )
        except requests.RequestException:
            return None
        for item in http.json_of(answer).get("messages") or []:
            if _is_it(item, message, since):
                return Accepted(str(item["sid"]))
        return None

    def look(self, message_id: int, channel: str, provider_id: str) -> Receipt | None:
        """What became of a message that Twilio has, and its price, which comes after it.

        Of a call its price only: its end is told, and a key is worth more than a status.
        """
        call = channel == "voice"
        place = self._calls if call else self._messages.removesuffix(".json")
        answer = self._session().get(
            f"{place}/{provider_id}.json", timeout=_ASK_TIMEOUT, allow_redirects=False
        )
        body = http.json_of(answer)
        if call:
            return self._price_of_call(body, message_id, provider_id)
        state = STATES.get(str(body.get("status")))
        if state is None or body.get("sid") != provider_id:
            return None
        failed = why(body.get("error_code"), str(body["status"]))
        return Receipt(
            provider="twilio",
            state=state,
            why=failed if state == "failed" else None,
            message_id=message_id,
            provider_id=provider_id,
            read=body["status"] == "read",
            price=_price(body),
        )

    def _price_of_call(
        self, body: dict[str, Any], message_id: int, provider_id: str
    ) -> Receipt | None:
        if body.get("sid") != provider_id or (price := _price(body)) is None:
            return None
        return Receipt(
            provider="twilio",
            state="sent",
            message_id=message_id,
            provider_id=provider_id,
            price=price,
        )

    def can_be_answered(self, recipient: str) -> bool:
        """Whether our sender is a number, and the country lets text messages through both ways."""
        return self._from.startswith("+") and not recipient.startswith(http.ONE_WAY)

    def recall(self, provider_id: str, address: str) -> bool:  # noqa: ARG002 - a number has none
        """Take back a call that waits or rings; one that was answered goes on to its end."""
        try:
            answer = self._session().post(
                f"{self._calls}/{provider_id}.json",
                data={"Status": "canceled"},
                timeout=_TIMEOUT,
                allow_redirects=False,
            )
        except requests.RequestException:
            return False
        return answer.status_code not in _RETRY | _UNSURE

    def forget(self, channel: str, provider_id: str) -> None:
        """Empty the text of a message and delete its pictures; delete the record of a call.

        The number stays in Twilio's list of messages, for its bills. A message that is on its way
        cannot be emptied yet.
        """
        if channel == "voice":
            self._change("DELETE", f"{self._calls}/{provider_id}.json")
            return
        message = f"{self._messages.removesuffix('.json')}/{provider_id}"
        for item in self._change("GET", f"{message}/Media.json").get("media_list") or []:
            self._change("DELETE", f"{message}/Media/{item['sid']}.json")
        self._change("POST", f"{message}.json", {"Body": ""})

    def _change(self, method: str, url: str, form: dict[str, str] | None = None) -> dict[str, Any]:
        """What Twilio answers; an empty object where it knows of no such thing any more."""
        try:
            answer = self._session().request(
                method, url, data=form, timeout=_TIMEOUT, allow_redirects=False
            )
        except requests.RequestException as error:
            raise Refused("twilio_connection", permanent=False) from error
        body, status = http.json_of(answer), answer.status_code
        if status not in {200, 204, 404}:
            raise Refused(why(body.get("code"), f"http_{status}"), permanent=False)
        return body if status == requests.codes.ok else {}

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            session.auth = self._auth
        return session


def _price(body: dict[str, Any]) -> Price | None:
    """Twilio writes what it took from the account: `-0.00750`."""
    try:
        amount = Decimal(str(body.get("price")))
    except InvalidOperation:
        return None
    return Price(abs(amount), str(body.get("price_unit") or "USD")) if amount.is_finite() else None


def _to(message: Outgoing) -> str:
    return (WHATSAPP if message.channel == "whatsapp" else "") + message.recipient


def _sids(setting: str) -> list[str]:
    return [sid.strip() for sid in setting.split(",") if sid.strip()]


def _prepared(sid: str, said: Sequence[str]) -> dict[str, str]:
    values = {str(place): value for place, value in enumerate(said, 1)}
    return {
        "ContentSid": sid,
        "ContentVariables": json.dumps(values, ensure_ascii=False),
    }


def _is_it(item: Any, message: Outgoing, since: datetime) -> bool:
    if not isinstance(item, dict) or not item.get("sid"):
        return False
    if item.get("to") != _to(message) or item.get("body") != message.text:
        return False
    if item.get("direction") not in {None, "outbound-api"}:
        return False
    if item.get("status") in {"failed", "undelivered", "canceled"}:
        return False
    try:
        created = parsedate_to_datetime(str(item.get("date_created")))
    except ValueError:
        return False
    return created.tzinfo is not None and created >= since - _SKEW

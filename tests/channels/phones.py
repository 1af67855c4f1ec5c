"""Twilio's side of calls, played at its HTTP edge: it dials, asks us what to do, and tells us.

It checks what it is sent against the names and values that Twilio publishes (`twilio_requests.json`
beside this file) and calls back as Twilio does: signed by its rules with its own package, with
fields nobody announced, through a proxy that has another name.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urlsplit
from xml.etree import ElementTree as ET

from flask.testing import FlaskClient
from twilio.request_validator import RequestValidator

from app import clock
from tests.channels.exchange import SID, TOKEN, Exchange

PUBLIC = "https://parcels.example.com"
PUBLISHED = json.loads((Path(__file__).parent / "twilio_requests.json").read_text())
_CREATE = PUBLISHED["POST /2010-04-01/Accounts/{AccountSid}/Calls.json"]
_LONGEST_PAUSE = 15


def faults_of(form: list[tuple[str, str]], asked: dict[str, Any] = _CREATE) -> list[str]:
    """What Twilio would not take in a request that creates something."""
    names = [name for name, _ in form]
    faults = [f"{name} is missing" for name in asked["required"] if name not in names]
    for name, value in form:
        known = asked["form"].get(name)
        if known is None:
            faults.append(f"{name} is not known")
            continue
        if names.count(name) > 1 and not known["type"].startswith("array"):
            faults.append(f"{name} is given twice")
        if known["type"] == "integer" and not value.isdigit():
            faults.append(f"{name} is no number")
        if value not in known.get("enum", [value]):
            faults.append(f"{name} may not be {value}")
        if known.get("format") == "uri" and "_" in (urlsplit(value).hostname or "_"):
            faults.append(f"{name} is no address that Twilio calls")
    return faults


@dataclass
class Call:
    """One call as Twilio has it."""

    sid: str
    form: dict[str, str]
    web: FlaskClient
    status: str = "queued"
    heard: list[str] = field(default_factory=list)
    """What was spoken, oldest first; each as often as it was said."""
    languages: set[str] = field(default_factory=set)
    paused: int = 0
    sequence: int = 0
    menu: ET.Element | None = None
    """The Gather that waits for a key."""
    dial: ET.Element | None = None
    """Whom they are put through to."""
    direction: str = "outbound-api"

    def post(self, url: str, **more: str) -> Any:
        """A request to us, signed over what Twilio was given, arriving under a proxy's name."""
        url = urldefrag(url).url
        form = {
            "CallSid": self.sid,
            "AccountSid": SID,
            "From": self.form["From"],
            "To": self.form["To"],
            "CallStatus": self.status,
            "ApiVersion": "2010-04-01",
            "Direction": self.direction,
            "FieldOfTomorrow": "ü &",
        } | more
        signature = RequestValidator(TOKEN).compute_signature(url, form)
        place = url.removeprefix(PUBLIC)
        assert place != url, f"{url} is not ours"
        return self.web.post(
            place,
            data=form,
            headers={"X-Twilio-Signature": signature, "Host": "inner.proxy.example"},
        )

    def tell(self, status: str, **more: str) -> int:
        """The status callback, if we asked for it."""
        self.status, self.sequence = status, self.sequence + 1
        answer = self.post(
            self.form["StatusCallback"],
            CallbackSource="call-progress-events",
            SequenceNumber=str(self.sequence),
            Timestamp=format_datetime(clock.now()),
            **more,
        )
        return int(answer.status_code)

    def answer(self) -> list[str]:
        """Somebody or something answers: what is spoken, until a key is waited for."""
        self.status = "in-progress"
        return self.follow(self.post(self.form["Url"]))

    def press(self, digit: str) -> list[str]:
        """A key is pressed while one is waited for; what is spoken then."""
        assert self.menu is not None, "no key is waited for"
        menu, self.menu = self.menu, None
        return self.follow(self.post(menu.attrib["action"], Digits=digit, msg="Gather End"))

    def comes_in(self) -> list[str]:
        """They call our number; what they hear."""
        self.direction, self.status = "inbound", "ringing"
        return self.follow(self.post(f"{PUBLIC}/callbacks/twilio/ring"))

    def put_through(self, status: str, seconds: int = 0) -> list[str]:
        """Whoever was dialled was there, or not; what is said afterwards."""
        assert self.dial is not None
        more = {"DialCallStatus": status, "DialCallSid": "CA" + "d" * 32}
        if seconds:
            more["DialCallDuration"] = str(seconds)
        return self.follow(self.post(self.dial.attrib["action"], **more))

    def silence(self) -> int:
        """Nobody presses anything: the call goes on behind the Gather, and ends."""
        self.menu = None
        return self.hang_up()

    def hang_up(self) -> int:
        """It is over; what our answer to the status callback was."""
        return self.tell("completed", CallDuration="31", Duration="1")

    def follow(self, answer: Any) -> list[str]:
        """Do what the document says, as far as the next key or the end."""
        assert (answer.status_code, answer.mimetype) == (200, "text/xml"), answer.get_data(True)
        before = len(self.heard)
        for verb in ET.fromstring(answer.get_data()):
            match verb.tag:
                case "Say":
                    self._say(verb)
                case "Gather":
                    self.menu = verb
                    for inner in verb:
                        if inner.tag == "Say":
                            self._say(inner)
                    break  # what comes behind is for whoever presses nothing
                case "Pause":
                    self.paused += int(verb.attrib["length"])
                    assert self.paused <= 4 * _LONGEST_PAUSE
                case "Redirect":
                    assert verb.text
                    return self.heard[before:] + self.follow(self.post(verb.text))
                case "Hangup":
                    break
                case "Dial":
                    assert self.form["From"] == verb.attrib["callerId"]
                    self.dial = verb
                    break
                case other:
                    raise AssertionError(f"{other} is not expected")
        return self.heard[before:]

    def _say(self, verb: ET.Element) -> None:
        assert verb.text
        self.heard.append(verb.text)
        self.languages.add(verb.attrib["language"])


class Phones:
    """All calls that were asked for. The exchange is where they are asked."""

    def __init__(self, exchange: Exchange, web: FlaskClient) -> None:
        self.exchange, self.web = exchange, web
        self.calls: list[Call] = []
        self.canceled: list[str] = []

    def placed(self) -> list[Call]:
        """The calls that came in since the last look; what is wrong with one fails the test."""
        new = []
        for sid, form in self.exchange.dialled[len(self.calls) :]:
            assert faults_of(form) == []
            new.append(Call(sid, dict(form), self.web))
        self.calls += new
        return new

"""What Twilio tells: receipts, replies, and what happens in a call.

Every receipt carries our own message id in its address (which the signature covers), so it is
never too early. Twilio repeats what we did not take as often as the address asks it to: the
address of replies, which is set in Twilio's console, should end in `#rc=3&rp=all` too.

In a call Twilio waits 15 seconds for us. A database that takes longer than some of them is bridged:
"one moment", a pause, and the same question again, with the key in its address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode, urlsplit

import structlog

from app import languages
from app.channels import heard
from app.channels.heard import Asks, Connects, Fact
from app.channels.providers.base import Address, Answer, BadSignature, Call, callback_url
from app.channels.providers.twilio import signature, twiml
from app.channels.providers.twilio.codes import CALLS_ON, SPOKE, STATES, call_end, why
from app.channels.providers.twilio.forms import TwilioCall, TwilioReply, TwilioStatus
from app.channels.providers.twilio.sending import IN_CALL, WHATSAPP, calls_from
from app.channels.states import NotSent

log = structlog.get_logger(__name__)

_MOMENTS, _MOMENT = 3, 5
"""How often somebody is asked for a moment, and how long it is, in seconds."""


def verify(call: Call) -> None:
    """Check that it is signed with one of our account's tokens: while it rotates there are two.

    Raises:
        BadSignature: it is not, or in a way that we do not know.
    """
    told, given = call.settings.plug_ins, call.headers.get("X-Twilio-Signature", "")
    tokens = (told["TWILIO_AUTH_TOKEN"], told["TWILIO_OTHER_AUTH_TOKEN"])
    if any(signature.signed(token, call.url, call.form, given) for token in tokens):
        return
    if call.headers.get("X-Twilio-Webhooks-Signature-Settings"):
        raise BadSignature(
            "This is signed with a key of its own, which is not understood here: switch that off "
            "in Twilio's console, so that the account's token signs."
        )
    raise BadSignature(
        "The signature does not match: check that PUBLIC_URL is the address that Twilio "
        "calls and that TWILIO_AUTH_TOKEN is the account's primary token."
    )


def status(call: Call) -> Sequence[Fact]:
    """A receipt; a status that Twilio may add later says nothing."""
    form = TwilioStatus().load(call.form.to_dict())
    state = STATES.get(form["status"])
    if state is None:
        log.warning("receipt_unknown_status", status=form["status"][:20])
        return []
    return [
        heard.Receipt(
            provider="twilio",
            state=state,
            why=why(form["error"], form["status"]) if state == "failed" else None,
            read=form["status"] == "read",
            message_id=_ours(call),
            provider_id=form["sid"],
        )
    ]


def _ours(call: Call) -> int | None:
    """Our own id of the message, out of the address."""
    ours = call.query.get("m", "")
    return int(ours) if ours.isascii() and ours.isdigit() and len(ours) < 19 else None


def answered(call: Call) -> Sequence[Fact]:
    """A call of ours was answered."""
    TwilioCall().load(call.form.to_dict())
    ours = _ours(call)
    return [heard.CallAnswered(provider="twilio", message_id=ours)] if ours else []


def key(call: Call) -> Sequence[Fact]:
    """A key was pressed, or had been when we asked for a moment."""
    form = TwilioCall().load(call.form.to_dict())
    ours, digit = _ours(call), form["digits"] or call.query.get("key", "")
    return [heard.KeyPressed(provider="twilio", message_id=ours, digit=digit)] if ours else []


def ended(call: Call) -> Sequence[Fact]:
    """A call is on its way, or over. Whoever pressed a key has settled its message before."""
    form = TwilioCall().load(call.form.to_dict())
    on = form["status"] in CALLS_ON
    why = None if on else call_end(form["status"], form["sip"])
    if why is None and not on:
        log.warning("call_unknown_status", status=form["status"][:20])
        return []
    return [
        heard.Receipt(
            provider="twilio",
            state="sent" if on else "failed",
            why=why,
            message_id=_ours(call),
            provider_id=form["sid"],
        )
    ]


def reply(call: Call) -> Sequence[Fact]:
    """A message from somebody."""
    form = TwilioReply().load(call.form.to_dict())
    return [
        heard.incoming(
            provider="twilio",
            provider_id=form["sid"],
            channel="whatsapp" if form["sender"].startswith(WHATSAPP) else "sms",
            sender=form["sender"].removeprefix(WHATSAPP),
            words=form["pressed"] or form["picked"] or form["words"] or form["button"],
            answers=form["answers"],
            keyword=form["keyword"],
            answers_keywords=True,
        )
    ]


def rings(call: Call) -> Sequence[Fact]:
    """Somebody calls our number, or pressed keys in such a call."""
    form = TwilioCall().load(call.form.to_dict())
    return [
        heard.CallIn(
            provider="twilio",
            call_id=form["sid"],
            caller=form["caller"],
            place=call.query.get("p", ""),
            digits=form["digits"] or call.query.get("key", ""),
        )
    ]


def put_through(call: Call) -> Sequence[Fact]:
    """Two people were put through, or one of them was not there."""
    form = TwilioCall().load(call.form.to_dict())
    ours, spoke = _ours(call), form["dialled"] in SPOKE
    if ours is None:
        return []
    return [
        heard.PutThrough(
            provider="twilio",
            message_id=ours,
            call_id=form["sid"],
            seconds=form["seconds"],
            why="" if spoke else str(call_end(form["dialled"], "") or NotSent.CALL_FAILED),
        )
    ]


def unanswered(call: Call, said: Sequence[str]) -> Answer:  # noqa: ARG001 - never by its callback
    """No answer to the sender of a text message."""
    return twiml.empty()


def talk(call: Call, said: Sequence[str]) -> Answer:
    """What is said in the call, and where its keys go."""
    about = {"m": call.query.get("m", ""), **_spoken(said)}
    for words in said:
        if isinstance(words, Connects):
            number = calls_from(call.settings)
            return twiml.connect(words, number, _address(call, "through", **about))
    return twiml.speak(said, _address(call, "key", **about))


def _spoken(said: Sequence[str]) -> dict[str, str]:
    """The language of a call goes on with it, so that it can be said to wait a moment."""
    code = twiml.language_of(said).code
    return {} if code == languages.HOUSE else {"l": code}


def talk_in(call: Call, said: Sequence[str]) -> Answer:
    """The same to somebody who called us; the place in the talk comes back with the keys."""
    places = [words.place for words in said if isinstance(words, Asks)]
    place = places[-1] if places else ""
    return twiml.speak(said, _address(call, "ring", p=place, **_spoken(said)))


def one_moment(call: Call) -> Answer:
    """The database is slow or away: ask again soon, a few times, with the key that was pressed."""
    language = languages.get(call.query.get("l", languages.HOUSE))
    again = _whole(call.query.get("again", "")) + 1
    if again > _MOMENTS:
        sorry = language.say(
            "Something is not working here, and nothing was changed. Please open the link in your "
            "text message, or call again later. Goodbye."
        )
        return twiml.speak([heard.spoken(sorry, language)], "")
    place = urlsplit(call.url).path.rpartition("/")[2]
    asked = {name: text for name, text in call.query.items() if name in {"m", "p", "l", "key"}}
    if digits := call.form.get("Digits"):
        asked["key"] = digits[:20]
    return twiml.wait(language, _MOMENT, _address(call, place, **asked, again=str(again)))


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _address(call: Call, place: str, **query: str) -> str:
    return f"{callback_url(call.settings, 'twilio', place)}?{urlencode(query)}{IN_CALL}"


ADDRESSES: Mapping[str, Address] = {
    "status": Address(status),
    "reply": Address(reply, unanswered),
    "call": Address(answered, talk, slow=one_moment),
    "key": Address(key, talk, slow=one_moment),
    "ended": Address(ended),
    "ring": Address(rings, talk_in, slow=one_moment),
    "through": Address(put_through, talk),
}

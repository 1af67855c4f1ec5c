"""What Twilio does next in a call, as a document of its markup.

https://www.twilio.com/docs/voice/twiml. What is said before a key is said twice: an answering
machine that begins late still has it whole. Whoever presses a key does not wait for the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from app import languages
from app.channels.heard import Asks, Connects, Says
from app.channels.providers.base import Answer
from app.languages.language import Language

_KEY_WITHIN = "6"  # seconds after the last word
_RINGS_FOR = "30"  # seconds, of a customer's telephone
_SPEAK_FOR = "3600"  # seconds
_BREATH = "1"  # seconds between two times


def empty() -> Answer:
    """Nothing more: a call ends, a text message is not answered."""
    return _answer("<Response/>")


def connect(words: Connects, caller_id: str, ended_at: str) -> Answer:
    """Put them through, from our number; how it went is told to the address `ended_at`."""
    response = ET.Element("Response")
    _say(response, [words], language_of([words]))
    dial = ET.SubElement(
        response,
        "Dial",
        callerId=caller_id,
        timeout=_RINGS_FOR,
        timeLimit=_SPEAK_FOR,
        action=ended_at,
        method="POST",
    )
    ET.SubElement(dial, "Number").text = words.number
    return _document(response)


def speak(said: Sequence[str], keys_at: str) -> Answer:
    """Say it; a key that is asked for is told to the address `keys_at`. Then the call ends."""
    response, language = ET.Element("Response"), language_of(said)
    asks = [words for words in said if isinstance(words, Asks)]
    if asks:
        gather = ET.SubElement(
            response,
            "Gather",
            input="dtmf",
            numDigits=str(asks[-1].keys),
            finishOnKey="",  # every key is an answer, # too
            timeout=_KEY_WITHIN,
            action=keys_at,
            method="POST",
        )
        _say(gather, said, language)
        ET.SubElement(gather, "Pause", length=_BREATH)
        _say(gather, said, language)
        _say(response, [words.otherwise for words in asks], language)
    else:
        _say(response, said, language)
    ET.SubElement(response, "Hangup")
    return _document(response)


def wait(language: Language, seconds: int, then: str) -> Answer:
    """Ask for patience, and come back at the address `then`."""
    response = ET.Element("Response")
    _say(response, [language.say("One moment, please.")], language)
    ET.SubElement(response, "Pause", length=str(seconds))
    ET.SubElement(response, "Redirect", method="POST").text = then
    return _document(response)


def language_of(said: Sequence[str]) -> Language:
    """In which language these words are to be read aloud."""
    codes = [words.language for words in said if isinstance(words, Says)]
    return languages.get(codes[-1] if codes else languages.HOUSE)


def _say(parent: ET.Element, said: Sequence[str], language: Language) -> None:
    words = " ".join(filter(None, said))
    if words:
        # a courier's words may hold what XML cannot
        plain = "".join(c for c in words if c.isprintable())
        ET.SubElement(parent, "Say", language=language.spoken).text = plain


def _document(response: ET.Element) -> Answer:
    return _answer(ET.tostring(response, encoding="unicode"))


def _answer(text: str) -> Answer:
    return Answer(f'<?xml version="1.0" encoding="UTF-8"?>{text}', "text/xml", 200)

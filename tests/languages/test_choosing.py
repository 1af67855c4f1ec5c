"""Which language somebody is written to in, and how one is added."""

from __future__ import annotations

import pytest

from app import languages
from app.languages import sms
from tests.languages.conftest import Add

FACTS = """
name = "Pirate"
direction = "ltr"
gsm = true
countries = ["JM"]

[places.PT]
regions = ["Algarve"]
postcodes = ["80"]
"""
WORDS = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Your {shipper} parcel {parcel} could not be delivered"
msgstr "Arr, {parcel} of {shipper} be adrift"

msgid "{number} time"
msgid_plural "{number} times"
msgstr[0] "but {number} time"
msgstr[1] "aye, {number} times"

#, fuzzy
msgid "today"
msgstr "on this tide"
"""


@pytest.fixture
def added(add: Add) -> str:
    """A language of this test's own; its code."""
    add("en-JM", FACTS, WORDS)
    return "en-JM"


def test_a_language_is_added_by_a_folder(added: str):
    language = languages.get(added)
    said = language.say(
        "Your {shipper} parcel {parcel} could not be delivered", shipper="Oak", parcel="P1"
    )
    assert said == "Arr, P1 of Oak be adrift"
    assert language.count("{number} time", "{number} times", 1) == "but 1 time"
    assert language.count("{number} time", "{number} times", 4) == "aye, 4 times"


def test_what_a_language_does_not_say_is_said_in_english(added: str):
    language = languages.get(added)
    assert language.say("tomorrow") == "tomorrow"
    assert language.say("today") == "today", "nobody has looked at a fuzzy one"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ({"country": "DE"}, "de"),
        ({"country": "AT"}, "de"),
        ({"country": "CH", "postcode": "8004"}, "de"),
        ({"country": "CH", "postcode": "1201"}, "fr"),
        ({"country": "CH", "region": "vd"}, "fr"),
        ({"country": "BE", "postcode": "9000"}, "nl"),
        ({"country": "BE", "region": "Hainaut"}, "fr"),
        ({"country": "CA", "postcode": "H2X 1Y4"}, "fr"),
        ({"country": "CA", "postcode": "M5V 2T6"}, "en"),
        ({"country": "MX"}, "es"),
        ({"country": "PL"}, "pl"),
        ({"country": "IN", "region": "Uttar Pradesh"}, "hi"),
        ({"country": "IN", "postcode": "560001"}, "en"),
        ({"country": "AE"}, "ar"),
        ({"country": "JP"}, "en"),
    ],
)
def test_of_whom_nothing_else_is_known_reads_what_is_spoken_there(address, expected):
    assert languages.choose(None, address).code == expected


@pytest.mark.parametrize(
    ("tag", "address", "expected"),
    [
        ("en-JM", {"country": "PT"}, "en-JM"),
        ("en", {"country": "JM"}, "en"),
        ("en-GB", None, "en"),
        (None, {"country": "JM"}, "en-JM"),
        ("tlh", {"country": "JM"}, "en-JM"),
        (None, {"country": "PT", "region": "algarve"}, "en-JM"),
        (None, {"country": "PT", "postcode": "8000-148"}, "en-JM"),
        (None, {"country": "PT", "postcode": "1000-001"}, "en"),
        (None, {"country": "PT", "region": None}, "en"),
        (None, {}, "en"),
        (None, None, "en"),
    ],
)
def test_what_somebody_reads_comes_before_where_they_live(added: str, tag, address, expected):
    assert languages.choose(tag, address).code == expected


def test_a_text_message_keeps_to_its_alphabet_where_it_can(added: str):
    assert sms.as_sent("9:00\u202fPM – août, «está» …", added) == '9:00 PM - aout, "esta" ...'
    assert sms.as_sent("Größe 5 € à Ñandú", added) == "Größe 5 € à Ñandu"
    words = "Łódź – août"
    assert sms.as_sent(words, added) == words, "it is long already: nothing is left away"

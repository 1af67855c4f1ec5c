"""Every text in every language is judged before anybody gets it, and the judge is tried."""

from __future__ import annotations

import pytest

from app import languages
from app.access import secret
from app.channels.linting.rules import faults
from app.languages import sms
from app.playground.catalogue import views


@pytest.fixture(autouse=True)
def links_can_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secret, "_secret", b"of these texts")
    views._said.cache_clear()


def test_no_text_of_ours_has_a_fault() -> None:
    every = views.shown("", "")
    assert views.total(every) == len(views.names()) * len(languages.known()) > 200
    found = {
        (message.name, said.language.code): said.faults
        for message in every
        for said in message.in_languages
        if said.faults
    }
    assert found == {}


@pytest.mark.parametrize(
    ("text", "language", "code", "words"),
    [
        ("Reply CANCEL to keep it.", "en", "collides", "CANCEL"),
        ("Answer YES or NO", "en", "restarts", "YES"),
        ("Responda BAJA", "es", "collides", "BAJA"),
        ("Mit ENDE beenden Sie", "de", "collides", "ENDE"),
        ("Get 10% off your next order", "en", "sells", "10% off"),
        ("Ihr Gutschein wartet", "de", "sells", "gutschein"),
        ("It won't happen again.", "en", "promises", "won't happen again"),
        ("Nous garantissons la livraison", "fr", "promises", "garanti"),
        ("Please choose anew.", "en", "stiff", "anew"),
        ("x" * 500, "en", "too_long", "4 parts"),
        ("Your code 📦", "en", "not_gsm", "📦"),
    ],
)
def test_what_is_wrong_is_named(text: str, language: str, code: str, words: str) -> None:
    assert (code, words) in [tuple(one) for one in faults(text, language)]


def test_an_answer_is_asked_for_only_where_one_can_come() -> None:
    assert faults("Reply STOP to end.", "en") == []
    (fault,) = faults("Reply STOP to end.", "en", answered=False)
    assert fault.code == "cannot_be_answered"


@pytest.mark.parametrize(
    ("text", "encoding", "parts"),
    [
        ("a" * 160, "GSM-7", 1),
        ("a" * 161, "GSM-7", 2),
        ("a" * 306, "GSM-7", 2),
        ("€" * 81, "GSM-7", 2),
        ("न" * 70, "UCS-2", 1),
        ("न" * 71, "UCS-2", 2),
        ("📦" * 35, "UCS-2", 1),
        ("📦" * 36, "UCS-2", 2),
    ],
)
def test_a_text_is_counted_as_carriers_count(text: str, encoding: str, parts: int) -> None:
    size = sms.size(text)
    assert (size.encoding, size.parts) == (encoding, parts)

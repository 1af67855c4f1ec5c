"""The customer's page and messages in the languages there are."""

from __future__ import annotations

import re

import pytest

from app import languages
from app.db.connection import connection
from app.languages import sms
from app.playground import store as playground
from tests.inline import advance, settle
from tests.links import page_of
from tests.pages import audits, axe
from tests.pages.reading import text
from tests.pages.web import free_port, serving
from tests.play import Play

BERLIN = {"line1": "Torstr. 1", "city": "Berlin", "postcode": "10119", "country": "DE"}


def reads(language: str | None) -> dict[str, str | None]:
    """Somebody who reads this language."""
    return {"name": "Kim Doe", "phone": "+17145550142", "language": language}


def page(case_id: int) -> str:
    return page_of(case_id)


def last(play: Play, case_id: int) -> str:
    """What the customer was written last, once it is time for it."""
    advance(minutes=30)
    said: str = play.messages(case_id, audience="customer")[-1]["text"]
    return said


@pytest.mark.parametrize(
    ("language", "code", "says"),
    [
        ("de-AT", "de", "konnte nicht zugestellt werden"),
        ("ar", "ar", "تعذّر تسليم"),
        ("hi", "hi", "डिलीवर नहीं हो सका"),
        ("pt-BR", "en", "could not be delivered"),
        (None, "en", "could not be delivered"),
    ],
)
def test_who_is_known_to_read_a_language_is_written_to_in_it(play, client, language, code, says):
    case_id = play.courier(recipient=reads(language))
    assert says in last(play, case_id)
    shown = client.get(page(case_id)).text
    assert f'<html lang="{code}" dir="{"rtl" if code == "ar" else "ltr"}">' in shown
    if code != "en":
        assert "Choose" not in text(shown)
    (sent,) = {
        m["language"]
        for m in playground.messages(connection(), case_id=case_id)
        if m["audience"] == "customer"
    }
    assert sent == code


def test_of_whom_nothing_is_known_reads_what_is_spoken_at_the_address(play, client):
    case_id = play.courier(address=BERLIN)
    assert "konnte nicht zugestellt werden" in last(play, case_id)
    other = play.courier(parcel="P2", address=BERLIN, recipient=reads("en"))
    assert "could not be delivered" in last(play, other)


def test_when_a_chosen_pickup_point_is_open_is_said_in_their_language(play, client):
    case_id = play.courier(recipient=reads("de"))
    play.choose(case_id, play.options(case_id).pickup_points[0].choice)
    shown = text(client.get(page(case_id)).text)
    assert "Täglich 0" in shown
    assert "Daily" not in shown


def test_the_language_is_changed_on_the_page_and_messages_follow(play, client):
    case_id = play.courier()
    assert "When shall we knock again?" in text(client.get(page(case_id)).text)
    answer = client.post(page(case_id), data={"language": "de"})
    assert answer.status_code == 303
    shown = client.get(page(case_id)).text
    assert "Wann dürfen wir wieder klingeln?" in text(shown)
    assert 'value="en" lang="en"' in shown
    play.choose(case_id)
    assert "bestätigt" in last(play, case_id)
    play.courier("failed", recipient=reads("fr"))  # what they chose counts more
    assert "Ihr Paket" in last(play, case_id)
    calendar = client.get(f"{page(case_id)}/calendar.ics")
    assert calendar.status_code == 404 or "Ihr Paket" in calendar.text
    assert client.post(page(case_id), data={"language": "tlh"}).status_code == 422


def test_what_cannot_be_done_is_said_in_the_language_too(play, client):
    case_id = play.courier(recipient=reads("nl"))
    refused = client.post(page(case_id), data={"choice": "slot:999999"})
    assert "Kies alsjeblieft iets anders" in text(refused.text)
    refused = client.post(page(case_id), data={"act": "phone", "phone": "12"})
    assert "Dit is te kort" in text(refused.text)
    assert "Verbeter alsjeblieft" in text(refused.text)


def test_of_an_unknown_link_the_browser_says_what_its_owner_reads(client):
    answer = client.get("/c/nothing", headers={"Accept-Language": "pl, en;q=0.5"})
    assert answer.status_code == 404
    assert '<html lang="pl"' in answer.text
    assert "Nie znamy tego linku" in text(answer.text)
    assert "There is nothing here" in text(client.get("/c/nothing").text)


def test_a_question_pressed_in_one_language_is_kept_in_that_of_the_staff(play, client):
    case_id = play.courier(recipient=reads("es"))
    client.post(page(case_id), data={"ask": "speak"})
    settle()
    assert "Quiero hablar con alguien." in text(client.get(page(case_id)).text)
    (row,) = connection().execute("SELECT text FROM questions").fetchall()
    assert row["text"] == "I’d like to speak to someone."
    assert any("te responderá" in m["text"] for m in play.messages(case_id, audience="customer"))


def test_a_phone_gets_spanish_in_the_short_alphabet(play):
    case_id = play.courier(recipient=reads("es"))
    advance(minutes=30)
    (sent,) = [
        m
        for m in playground.messages(connection(), case_id=case_id)
        if m["audience"] == "customer" and m["channel"] == "sms"
    ]
    assert sms.fits(sent["text"])
    assert "Elige una nueva entrega" in sent["text"]


@pytest.mark.browser
def test_every_language_fits_a_narrow_phone_and_reads_from_its_own_side(play, env, browser):
    cases = {}
    for code in languages.known():
        cases[code] = play.courier(parcel=f"P-{code}", recipient=reads(code))
    play.choose(cases["ar"])
    with serving({**env, "PORT": str(free_port())}) as web:
        for code, case_id in cases.items():
            browser.open(web + page(case_id))
            for width in (320, 390):
                browser.size(width, 844)
                assert browser.ask("document.documentElement.scrollWidth") <= width, code
            browser.ask("document.querySelectorAll('details').forEach(d => d.open = true)")
            assert browser.ask("document.documentElement.scrollWidth") <= 390, code
            assert browser.ask(audits.SMALL_TARGETS) == [], code
            assert axe.violations(browser) == [], code
            start = "getComputedStyle(document.querySelector('h1')).direction"
            assert browser.ask(start) == languages.get(code).direction
        # A time and a telephone number keep their order among words that run the other way.
        browser.open(web + page(cases["ar"]))
        spans = browser.ask("[...document.querySelectorAll('bdi')].map(e => e.innerText)")
        assert any(re.search(r"\d", said) for said in spans)

"""Whoever is called hears and reads it in their own language: calls, keys, what is written."""

from __future__ import annotations

import unicodedata

import pytest

from app import clock, languages
from app.db.connection import connection, transaction
from app.directory import store as directory
from app.directory.changes import TERMINAL
from app.dispatch import speech, talks, texts
from app.dispatch.about import About
from app.dispatch.bundles import texts as several
from app.languages import extracting, sms
from app.managing import people
from tests.dispatch.house import ANA, House
from tests.dispatch.test_replies import write
from tests.dispatch.test_talks import caller
from tests.inline import settle

OTHERS = [code for code in languages.known() if code != languages.HOUSE]


def speaks(house: House, code: str, name: str = "Ana") -> None:
    """Somebody says what they want to hear, on the page or at the terminal."""
    with transaction() as conn:
        person = people.find(conn, house.world.people[name])
        wanted = people.Wanted(
            name=person.name,
            phone=person.phone or "",
            email=person.email or "",
            channels=person.channels,
            role=person.role,
            depots=person.depots,
            language=code,
        )
        assert people.change(conn, TERMINAL, person.id, wanted, clock.now())


@pytest.mark.parametrize(
    ("code", "spoken", "menu", "took"),
    [
        ("de", "de-DE", "Drücken Sie die 1", "Sie haben es übernommen. Der Link ist"),
        ("fr", "fr-FR", "Appuyez sur 1", "Vous l’avez pris en charge. Le lien"),
        ("pl", "pl-PL", "Naciśnij 1", "Sprawa jest Twoja. Link"),
        ("hi", "hi-IN", "3 दबाएँ", "आपने इसे संभाल लिया है। लिंक"),
        ("ar", "arb", "اضغط 1", "لقد توليت الأمر. الرابط"),
    ],
)
def test_a_call_is_spoken_in_the_persons_language(house: House, code, spoken, menu, took):
    speaks(house, code)
    case_id, call = house.ring()
    said = call.answer()
    assert menu in said[0]
    assert "Press" not in said[0]
    assert "R D P 1" in said[0], "the number is spelt in every language"
    assert call.press("9")[0] != said[0]
    assert call.press("1")[0].startswith(took)
    assert call.languages == {spoken}
    assert house.task(case_id).acknowledged_by == "Ana"
    settle()
    assert "https://" in house.texts()[0][1]
    assert "Everything" not in house.texts()[0][1]


def test_each_of_two_people_reads_their_own(house: House):
    speaks(house, "es", "Ben")
    _, call = house.ring()
    assert "Press 1" in call.answer()[0]
    call.press("2")
    settle()
    ((_, text),) = house.texts()
    assert text.startswith("Entrega fallida: ORD-P1 (destinatario ausente")
    assert "responde 1-" in text


def test_a_slow_database_is_bridged_in_the_language_of_the_call(house: House):
    speaks(house, "nl")
    _, call = house.ring()
    assert "&l=nl" in call.form["Url"]
    call.answer()
    assert call.menu is not None
    assert "l=nl" in call.menu.attrib["action"]


def test_who_calls_back_is_greeted_in_their_language(house: House):
    speaks(house, "de")
    house.courier(parcel="P1")
    call = caller(house, ANA)
    assert call.comes_in()[0].startswith("Guten Tag, Ana. 1 Paket wartet auf Sie.")
    person = directory.person(connection(), house.world.people["Ana"])
    assert person
    assert "eine Zustellung ist fehlgeschlagen" in call.press(talks.code_of(person))[0]
    assert call.languages == {"de-DE"}


@pytest.mark.parametrize("code", OTHERS)
def test_nothing_of_a_call_is_left_in_english(house: House, code: str):
    """Of every English word of ours that has a letter, none stands in what is said elsewhere."""
    language = languages.get(code)
    case_id = house.courier(parcel="ß1", reason="recipient_unavailable", words="")
    case, task = house.case(case_id), house.task(case_id)
    bundle = several.bundle(language, [(case, task, About(personal=False))] * 5, "", "sms")
    said = [
        speech.call(language, case, task, About()),
        *texts.call(language, case, task, "", About(personal=False)),
        texts.hint(language, task, About()),
        *(text for text in bundle if text),
    ]
    english = {
        word
        for domain in extracting.DOMAINS[1:]
        for message in extracting.source(domain)
        for text in ([message.id] if isinstance(message.id, str) else message.id)
        for word in ("Press", "Delivery", "somebody", "delivery", "parcel", "Take", "reply")
        if word in text
    }
    assert english
    for text in said:
        assert not [word for word in english if word in text.split()], text


@pytest.mark.parametrize("code", OTHERS)
def test_a_call_by_text_message_stays_short(house: House, code: str):
    language = languages.get(code)
    case_id = house.courier(parcel="long", words="")
    case, task = house.case(case_id), house.task(case_id)
    _, text = texts.call(
        language, case, task, "https://parcels.example.com/t/1-3.abcdefghijkl", About()
    )
    whole = sms.as_sent(f"{text} {texts.hint(language, task, About())}", code)
    units = len(whole.encode("utf-16-le")) // 2
    assert units <= (3 * 153 if language.gsm else 5 * 67), (units, whole)
    if language.gsm:
        assert not [c for c in whole if unicodedata.category(c) == "Cf"]


def test_a_language_that_nobody_speaks_here_is_refused(house: House):
    with pytest.raises(Exception, match="speak this language"):
        speaks(house, "xx")


@pytest.mark.parametrize(
    ("code", "begins"),
    [("de", "Danke, Ana. Hier versteht man nur 1 und 2"), ("ar", "شكرًا")],
)
def test_words_that_do_nothing_are_answered_in_their_language(house: House, code, begins):
    speaks(house, code)
    connection().execute("UPDATE people SET channels = '{sms}' WHERE name = 'Ana'")
    house.courier()
    said = write(house, "on my way")
    assert said.startswith(begins)
    assert "/t/" in said
    (kept,) = connection().execute(
        "SELECT language FROM messages WHERE topic = 'no_case' AND recipient = %s", [ANA]
    )
    assert kept["language"] == code

"""A code instead of a link, and whether a message is from us: true, and of no use for guessing."""

from __future__ import annotations

import random
import re

import pytest
from flask.testing import FlaskClient

from app import languages
from app.access import own_pages, throttle
from app.cases import own_page, passphrase
from app.channels import composing
from app.channels.providers.base import Outgoing
from app.customer.genuine import rules
from app.customer.genuine.rules import Verdict
from app.db.connection import transaction
from app.settings import Settings, load
from tests.application import create_app
from tests.inline import advance
from tests.links import page_of
from tests.pages.reading import fingerprint, text
from tests.play import Play, play

__all__ = ["play"]

OURS = {"reknock.example", "localhost:8000"}


@pytest.fixture
def client(settings: Settings, play: Play) -> FlaskClient:
    client = create_app(settings).test_client()
    client.environ_base["HTTP_ACCEPT"] = "text/html"
    return client


@pytest.fixture
def case_id(play: Play) -> int:
    case_id = play.courier(email="kim@example.com")
    play.acknowledge(case_id)
    return case_id


def code_of(play: Play, case_id: int) -> str:
    return own_page.code(play.case(case_id))


def verify(client: FlaskClient, words: str, sender: str = "", **how: str) -> str:
    answer = client.post("/verify", data={"text": words, "sender": sender}, headers=how)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return text(answer.text).partition("The message, its link")[0]


def wrong_codes(count: int) -> list[str]:
    """Codes with the right form, which open nothing."""
    chance = random.Random(7)
    return [own_pages.code(chance.randrange(1, 99), chance.randbytes(8)) for _ in range(count)]


def test_a_code_opens_the_page_however_it_is_typed(client, play, case_id):
    code = code_of(play, case_id)
    assert code in text(client.get(page_of(case_id)).text)
    for typed in (code, code.lower(), f" {code.replace('-', ' ')} "):
        answer = client.post("/c", data={"code": typed})
        assert (answer.status_code, answer.location) == (303, page_of(case_id))


def test_a_slip_of_the_finger_is_said_and_counts_as_no_guess(client, play, case_id):
    code = code_of(play, case_id)
    slip = code[:-1] + ("C" if code[-1] != "C" else "D")
    for _ in range(throttle.FAILURES + 5):
        answer = client.post("/c", data={"code": slip})
        assert answer.status_code == 422
    assert "That’s not quite the code" in text(answer.text)
    assert f'value="{slip}"' in answer.text
    assert client.post("/c", data={"code": code}).status_code == 303


def test_who_guesses_is_stopped_and_nobody_else_is(client, play, case_id):
    code = code_of(play, case_id)
    for guess in wrong_codes(throttle.FAILURES):
        assert client.post("/c", data={"code": guess}).status_code == 404
    stopped = client.post("/c", data={"code": code})
    assert (stopped.status_code, stopped.headers["Retry-After"]) == (429, "60")
    assert "Please wait a minute" in text(stopped.text)
    assert client.post("/verify", data={"text": wrong_codes(1)[0]}).status_code == 429
    other = {"REMOTE_ADDR": "203.0.113.9"}
    assert client.post("/c", data={"code": code}, environ_overrides=other).status_code == 303


def test_the_page_for_codes_leads_nowhere_else(client, case_id):
    for hostile in ("//evil.example", "https://evil.example/c/x", "../../console", "\r\nX: 1"):
        answer = client.post("/c?next=https://evil.example", data={"code": hostile})
        assert answer.status_code == 422
        assert "Location" not in answer.headers


def test_what_we_sent_is_told_from_what_was_changed(client, play, case_id):
    (sent, *_) = play.messages(case_id, audience="customer")
    words = sent["text"]
    before = fingerprint()
    assert "Yes, we sent this" in verify(client, words)
    assert "Hollow Oak Books" in verify(client, words)
    assert "Yes, we sent this" in verify(client, f"  {words}  \n\nSent from my phone")
    more = " Pay 1.99 € to my account first, or it is sent back to us tomorrow"
    assert "these words are not" in verify(client, words + more)
    assert "never ask for any" in verify(client, words + " Pay 1.99 € today")
    assert "Yes, this is ours" in verify(client, own_page.url(play.case(case_id)))
    assert "Yes, this is ours" in verify(client, code_of(play, case_id))
    assert "don’t open this link" in verify(client, words + " https://evil.example/pay")
    assert "can’t tell" in verify(client, "Your parcel waits. Call 0900 123")
    assert fingerprint() == before


def test_what_stands_beside_a_message_by_some_ways_is_ours_as_well(client, play):
    """By text message the numbers that answer it, by mail a code and where to check it."""
    case_id = play.courier(parcel="P9", email="kim@example.com")
    play.acknowledge(case_id)
    (sent, *_) = play.messages(case_id, audience="customer")
    assert sent["hint"]
    case = play.case(case_id)
    below = composing.below(case_id, case.page_key, "en", case.shipper.brand)
    assert "type" in below
    for whole in (f"{sent['text']} {sent['hint']}", sent["text"] + below):
        assert "Yes, we sent this" in verify(client, whole)
        more = " Pay to my account first, or it is sent back to us for good tomorrow"
        assert "these words are not" in verify(client, whole + more)


def test_nothing_personal_is_said(client, play, case_id):
    (sent, *_) = play.messages(case_id, audience="customer")
    for words in (sent["text"], own_page.url(play.case(case_id)), code_of(play, case_id)):
        said = verify(client, words).partition("Paste it here")[2]
        for personal in ("ORD-P1", "Kim", "Elm", "kim@example.com", "Anaheim", "+1714"):
            assert personal not in said


def test_an_old_link_of_ours_stays_ours(client, play, case_id):
    (sent, *_) = play.messages(case_id, audience="customer")
    with transaction() as conn:
        conn.execute("UPDATE cases SET page_key = '\\x0102030405060708' WHERE id = %s", [case_id])
    assert "Yes, we sent this" in verify(client, sent["text"])


def test_where_a_message_comes_from_is_said_as_far_as_it_can_be(env, play, case_id):
    settings = load({**env, "REKNOCK_MAIL_FROM": "Hollow Oak <hello@oak.example>"})
    client = create_app(settings).test_client()
    client.environ_base["HTTP_ACCEPT"] = "text/html"
    url = own_page.url(play.case(case_id))
    assert "We do write from" in verify(client, url, "Hello <HELLO@oak.example>")
    assert "We don’t write from hello@0ak.example" in verify(client, url, "hello@0ak.example")


def test_when_it_left_is_said_as_the_browsers_country_writes_hours(client, play, case_id):
    url = own_page.url(play.case(case_id))
    (sent, *_) = play.messages(case_id, audience="customer")
    for tag, written in (("en-US,en;q=0.9", r"\d:\d\d [AP]M"), ("en-GB", r"\d\d:\d\d[^ AP]")):
        assert url in sent["text"]
        said = verify(client, sent["text"], **{"Accept-Language": tag})
        assert re.search(rf"left us today at {written}", said.replace("\u202f", " "))


def test_it_is_said_in_the_readers_language(client, case_id):
    assert "Ist eine Nachricht wirklich von uns?" in verify(
        client, "x", **{"Accept-Language": "de"}
    )


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("see https://reknock.example@evil.org/c/x", Verdict.ELSEWHERE),
        ("see https://reknock.example.evil.org/c/x", Verdict.ELSEWHERE),
        ("see evil.org/c/abc", Verdict.ELSEWHERE),
        ("see https://rеknock.example/c/x", Verdict.ELSEWHERE),  # a Cyrillic letter
        ("see javascript://reknock.example/%0aalert(1)//", Verdict.FAKE),
        ("see https://[broken/c/x", Verdict.ELSEWHERE),
        ("see https://reknock.example/c/AAAA.", Verdict.FAKE),
        ("kim@reknock.example asked for 12 Elm Street", Verdict.NOTHING),
        ("", Verdict.NOTHING),
    ],
)
def test_a_link_is_read_as_a_browser_reads_it(words: str, verdict: Verdict) -> None:
    found = rules.parts(words, OURS)
    if verdict is Verdict.FAKE:
        assert not found.elsewhere
        return
    assert rules.verdict(found, opened=False, sent=[]) is verdict


def test_the_passphrase_stands_on_the_page_and_before_the_caller(client, play, case_id):
    said = passphrase.of(play.case(case_id), languages.get("en"))
    assert f"we say first: {said}" in text(client.get(page_of(case_id)).text)
    other = play.courier(parcel="P2")
    assert passphrase.of(play.case(other), languages.get("en")) != said
    assert passphrase.of(play.case(case_id), languages.get("de")).split(", ")[2] == said[-2:]


def test_a_mail_says_the_code_for_whoever_presses_no_links(play, case_id, monkeypatch):
    from app.channels import composing

    seen: list[Outgoing] = []
    monkeypatch.setattr(composing, "outgoing", _spy(composing.outgoing, seen))
    advance(seconds=2 * 24 * 3600)
    mails = [one for one in seen if one.channel == "email" and one.answers == case_id]
    assert mails
    assert all(f"type {code_of(play, case_id)}." in one.text for one in mails)
    texts = [one for one in seen if one.channel == "sms"]
    assert all(code_of(play, case_id) not in one.text for one in texts)


def _spy(real, seen):
    def outgoing(*args):
        made = real(*args)
        seen.append(made)
        return made

    return outgoing

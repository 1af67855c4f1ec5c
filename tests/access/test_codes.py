"""Signing in with a one-time code: by one's own channel, once, for ten minutes, in one browser."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from app import clock
from app.db.connection import connection
from app.sign_in import rules
from tests.application import create_app
from tests.inline import settle
from tests.pages.reading import text
from tests.pages.staff import token


def ask(client, to, back=""):
    """Write a number or address into the form at the door."""
    page = client.get("/sign-in", query_string={"next": back} if back else {})
    form = {"csrf_token": token(page.text), "to": to, "next": back}
    return client.post("/sign-in/code", data=form)


def enter(client, code, back=""):
    """Write a code into the form."""
    form = {"csrf_token": token(client.get("/sign-in/code").text), "code": code, "next": back}
    return client.post("/sign-in", data=form)


def sent():
    """The messages with codes: `(channel, recipient, code)`, oldest first."""
    settle()
    rows = connection().execute(
        """SELECT channel, recipient, text, state
             FROM messages JOIN message_words ON message_id = id
            WHERE topic = 'sign-in' AND recipient <> '' ORDER BY id"""
    )
    found = rows.fetchall()
    assert all(row["state"] == "delivered" for row in found)
    return [(row["channel"], row["recipient"], row["text"].partition(" ")[0]) for row in found]


def one(query):
    """The one row of a query."""
    row = connection().execute(query).fetchone()
    assert row
    return row


def another(code):
    return f"{(int(code) + 1) % 10**6:06}"


@pytest.mark.parametrize(
    ("written", "channel", "recipient"),
    [
        ("ben@example.com", "email", "ben@example.com"),
        (" Ben@Example.COM ", "email", "ben@example.com"),
        ("+1 714 555 4102", "sms", "+17145554102"),
        ("(714) 555-4102", "sms", "+17145554102"),
        ("0017145554102", "sms", "+17145554102"),
    ],
)
def test_a_code_comes_by_the_persons_own_channel_and_opens_what_they_wanted(
    client, written, channel, recipient
):
    answer = ask(client, written, "/console?tab=taken")
    assert (answer.status_code, answer.location) == (
        303,
        "/sign-in/code?next=/console%3Ftab%3Dtaken",
    )
    ((how, to, code),) = sent()
    assert (how, to) == (channel, recipient)
    assert re.fullmatch(r"\d{6}", code)
    page = client.get(answer.location).text
    for word in ('autocomplete="one-time-code"', 'inputmode="numeric"'):
        assert word in page
    assert code not in page
    done = enter(client, f" {code[:3]} {code[3:]}", "/console?tab=taken")
    assert (done.status_code, done.location) == (303, "/console?tab=taken")
    assert client.get("/console").status_code == 200
    assert client.get("/sign-in").location == "/console"
    assert client.get("/sign-in/code").location == "/console"


def test_who_is_known_and_who_is_not_are_answered_alike(client, settings):
    seen = set()
    for to in ("ben@example.com", "who@example.com"):
        client = create_app(settings).test_client()
        first = ask(client, to)
        page = text(client.get(first.location).text).replace(to, "…")
        wrong = [text(enter(client, "000000").text).replace(to, "…") for _ in range(6)]
        seen.add((first.status_code, first.location, page, *wrong))
    assert len(seen) == 1
    assert [to for _, to, _ in sent()] == ["ben@example.com"]
    kept = one("SELECT count(*) AS n FROM messages WHERE case_id = 0")
    assert kept["n"] == 2  # nothing is unsent without a reason


def test_a_code_works_once(client, settings):
    ask(client, "ben@example.com")
    copy = create_app(settings).test_client()
    name = client.application.config["SESSION_COOKIE_NAME"]
    copy.set_cookie(name, client.get_cookie(name).value)
    code = sent()[0][2]
    assert enter(client, code).location == "/console"
    refused = enter(copy, code)
    assert refused.status_code == 422
    assert "no longer good" in text(refused.text)
    assert copy.get("/console").status_code == 303


def test_a_code_works_for_ten_minutes(client):
    ask(client, "ben@example.com")
    clock.advance(rules.GOOD_FOR + timedelta(seconds=1))
    assert "no longer good" in text(enter(client, sent_code()).text)


def test_nobody_is_sent_a_code_that_is_too_old(client):
    ask(client, "ben@example.com")
    clock.advance(rules.GOOD_FOR + timedelta(seconds=1))
    settle()
    row = one("SELECT state, why FROM messages")
    assert (row["state"], row["why"]) == ("suppressed", "too_late")


def test_five_tries_and_no_more(client):
    ask(client, "ben@example.com")
    code = sent()[0][2]
    said = [text(enter(client, another(code)).text) for _ in range(5)]
    expected = ["4 more tries", "3 more tries", "2 more tries", "one more try", "the last try"]
    assert [words in page for words, page in zip(expected, said, strict=True)] == [True] * 5
    assert "no longer good" in text(enter(client, code).text)
    assert client.get("/console").status_code == 303


def test_a_code_told_to_somebody_else_opens_nothing_in_their_browser(client, settings):
    """Whoever talks a person into telling a code has asked for another, or for none."""
    ask(client, "ben@example.com")
    thief = create_app(settings).test_client()
    ask(thief, "ben@example.com")
    first = sent()[0][2]
    assert enter(thief, first).status_code == 422 or sent()[1][2] == first
    assert enter(client, first).location == "/console"


def test_without_having_asked_there_is_nothing_to_enter(client):
    assert client.get("/sign-in/code").location == "/sign-in"
    form = {"csrf_token": token(client.get("/sign-in").text), "code": "123456"}
    assert client.post("/sign-in", data=form).location == "/sign-in"
    assert client.get("/console").status_code == 303


@pytest.mark.parametrize("to", ["", "ben", "@", "a@b@c", "12345", "9" * 16, "\0", "+1 714"])
def test_what_is_neither_number_nor_address_is_said_to_be_so(client, to):
    answer = ask(client, to)
    assert answer.status_code == 422
    assert "e-mail address, or your mobile number" in text(answer.text)
    assert one("SELECT count(*) AS n FROM sign_in_codes")["n"] == 0


def test_the_sixth_code_within_an_hour_must_wait_whoever_it_is_for(client, settings):
    for to in ("+1 714 555 4102", "+1 714 555 9999"):
        for spelling in [to, to, to[3:], "00" + to[1:], to]:
            assert ask(client, spelling).status_code == 303
        refused = ask(create_app(settings).test_client(), to)
        assert refused.status_code == 429
        assert "you can ask for another in 60 min" in text(refused.text)
    assert len(sent()) == 5
    clock.advance(timedelta(hours=1, seconds=1))
    assert ask(client, "+1 714 555 4102").status_code == 303


def test_a_number_that_two_people_share_tells_nobody_apart(client):
    connection().execute("UPDATE people SET phone = '+17145554102'")
    assert ask(client, "+17145554102").status_code == 303
    assert sent() == []


def test_who_left_gets_no_code_and_one_under_way_opens_nothing(client, settings):
    ask(client, "ben@example.com")
    code = sent()[0][2]
    connection().execute("UPDATE people SET removed_at = now() WHERE name = 'Ben'")
    assert enter(client, code).status_code == 422
    ask(client, "ben@example.com")
    assert len(sent()) == 1


def test_who_signs_in_gets_a_new_cookie_and_the_former_one_opens_nothing(client, settings):
    ask(client, "ben@example.com")
    code = sent()[0][2]
    name = client.application.config["SESSION_COOKIE_NAME"]
    before = client.get_cookie(name).value
    enter(client, code)
    planted = create_app(settings).test_client()
    planted.set_cookie(name, before)
    assert planted.get("/console").status_code == 303


def test_a_code_stands_in_no_log_and_only_as_a_digest_in_its_table(client, caplog, capsys):
    ask(client, "ben@example.com")
    code = sent()[0][2]
    enter(client, code)
    row = one("SELECT c::text AS all FROM sign_in_codes c")
    said = caplog.text + "".join(capsys.readouterr())
    for secret in (code, "ben@example.com"):
        assert secret not in said
        assert secret not in row["all"]


def test_over_https_a_phone_is_told_for_which_site_the_code_is(env, play):
    from app.settings import load

    web = create_app(load({**env, "PUBLIC_URL": "https://reknock.example"})).test_client()
    page = web.get("/sign-in", base_url="https://localhost")
    form = {"csrf_token": token(page.text), "to": "+17145554102"}
    web.post("/sign-in/code", data=form, base_url="https://localhost")
    said = one("SELECT text FROM message_words")["text"]
    assert said.endswith(f"@reknock.example #{said[:6]}")
    assert len(said) <= 160


def test_another_site_can_neither_ask_nor_enter(client):
    assert client.post("/sign-in/code", data={"to": "ben@example.com"}).status_code == 403
    assert client.post("/sign-in", data={"code": "123456"}).status_code == 403
    assert sent() == []


def sent_code():
    """The code in the newest message, sent or not."""
    row = one("SELECT text FROM message_words ORDER BY message_id DESC LIMIT 1")
    return row["text"][:6]

"""Mail that customers answer with: whose case it is, what was written now, and who wrote it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access import secret
from app.channels import heard, inbound_mail, reply_address
from app.channels.inbound_mail import MARK, Mail


@pytest.fixture(autouse=True, scope="module")
def _sealed():
    secret.configure("a-secret-of-tests")


def _mail(text: str = "Please ring twice.", headers=(), sender="Kim <kim@example.com>", **more):
    said = {"id": "m-1", "recipients": ["reply@in.example"], **more}
    return inbound_mail.written("imap", Mail(sender=sender, headers=headers, text=text, **said))


@given(st.integers(1, 10**12))
def test_an_address_names_its_case_whatever_its_letters_become(case_id):
    address = reply_address.make("reply@in.example", case_id)
    assert len(address.partition("@")[0]) <= 64
    for changed in (address, address.upper(), f'"Shop" <{address.lower()}>'):
        assert reply_address.case_of(changed) == case_id


@pytest.mark.parametrize("address", ["reply@in.example", "reply+12-00@in.example", "reply+12@x.y"])
def test_what_names_no_case_names_none(address):
    assert reply_address.case_of(address) is None


def test_nobody_makes_an_address_of_another_case():
    address = reply_address.make("reply@in.example", 12).replace("+12-", "+13-")
    assert reply_address.case_of(address) is None
    assert _mail(recipients=[address]).case_id is None


@pytest.mark.parametrize(
    "text",
    [
        "Please ring twice.",
        f"Please ring twice.\n\n{MARK}\n\nYour parcel: choose 1, 2 or STOP",
        "Please ring twice.\n\nOn Tue, 24 Nov 2026 at 09:00, Shop <a@b.c> wrote:\n> Your parcel",
        "Please ring twice.\n\nOn Tue, 24 Nov 2026, Shop <a@b.c>\nwrote:\n> Your parcel",
        "Please ring twice.\n\nAm 24.11.2026 um 09:00 schrieb Shop:\n> Ihr Paket",
        "Please ring twice.\r\n\r\n-----Original Message-----\r\nFrom: Shop\r\n",
        "Please ring twice.\n\n________________________________\nFrom: Shop <a@b.c>\nSent: today",
        "> Your parcel\nPlease ring twice.",
        "Please ring twice.\n-- \nKim Doe\nStreet 1",
    ],
)
def test_only_what_was_written_now_is_read(text):
    fact = _mail(text)
    assert isinstance(fact, heard.Reply)
    assert fact.words == "Please ring twice."


def test_a_page_is_read_as_a_person_reads_it():
    html = "<style>p{}</style><p>Please ring<br>twice.</p><blockquote>Your parcel</blockquote>"
    assert _mail("", html=html).words == "Please ring\ntwice."


@pytest.mark.parametrize(
    ("headers", "sender"),
    [
        ([("Auto-Submitted", "auto-replied")], "kim@example.com"),
        ([("Precedence", "bulk")], "kim@example.com"),
        ([("Return-Path", "<>")], "kim@example.com"),
        ([("Content-Type", "multipart/report; report-type=delivery-status")], "kim@example.com"),
        ([("List-Id", "<news.example>")], "news@example.com"),
        ([], "MAILER-DAEMON@example.com"),
        ([], "no-reply@example.com"),
        ([], ""),
    ],
)
def test_machines_are_known_by_what_they_say(headers, sender):
    assert isinstance(_mail(headers=headers, sender=sender), heard.AutomaticReply)


def test_a_person_whose_program_says_so_is_no_machine():
    assert isinstance(_mail(headers=[("Auto-Submitted", "no")]), heard.Reply)
    assert isinstance(_mail("STOP"), heard.OptOutWord)


@given(st.text(max_size=300))
def test_whatever_is_written_is_read(text):
    assert MARK not in inbound_mail.new_part(text)
    inbound_mail.text_of(text)


def test_an_answer_ends_at_the_token_that_nobody_sees_whatever_became_of_the_mark() -> None:
    quoted = f"-- Bitte oberhalb dieser Zeile antworten --{inbound_mail.UNSEEN}\n1 = Fri, 2 = Sat"
    assert inbound_mail.new_part(f"Option 2 please\n\n{quoted}") == "Option 2 please"


def test_which_message_a_mail_answers_is_read_from_its_reference() -> None:
    mail = Mail(
        id="m1",
        sender="kim@example.com",
        recipients=[],
        headers=[("In-Reply-To", "<17.1.0123456789ab@in.example>")],
        text="2",
    )
    assert inbound_mail.written("p", mail).replies_to == 17
    others = Mail(id="m2", sender="kim@example.com", recipients=[], headers=[], text="2")
    assert inbound_mail.written("p", others).replies_to is None

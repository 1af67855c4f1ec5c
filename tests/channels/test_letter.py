import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape, unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import languages
from app.channels import letter
from app.channels.providers.base import Outgoing

AT = datetime(2026, 6, 10, 9, 0, tzinfo=UTC)
FROM = "Pakete Müller <parcels@shop.example>"
ICS = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:{}\r\nEND:VCALENDAR\r\n"


def outgoing(
    recipient: str = "kim@example.com",
    subject: str = "Your parcel",
    text: str = "Hello",
    tries: int = 1,
    html: str | None = None,
    calendar: str | None = None,
) -> Outgoing:
    return Outgoing(
        id=7,
        tries=tries,
        channel="email",
        recipient=recipient,
        subject=subject,
        text=text,
        html=html,
        calendar=calendar,
        request_id="r-1",
    )


def parsed(message: Outgoing) -> EmailMessage:
    raw = letter.write(message, FROM, AT).as_bytes()
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def test_headers_that_mail_expects() -> None:
    mail = parsed(outgoing(subject="Ihr Paket – morgen"))
    assert mail["From"].addresses[0].addr_spec == "parcels@shop.example"
    assert mail["From"].addresses[0].display_name == "Pakete Müller"
    assert mail["To"] == "kim@example.com"
    assert mail["Subject"] == "Ihr Paket – morgen"
    assert mail["Date"].datetime == AT
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@shop.example>")


def test_one_try_has_one_message_id() -> None:
    ids = [parsed(outgoing(tries=tries))["Message-ID"] for tries in (1, 1, 2)]
    assert ids[0] == ids[1] != ids[2]


def test_text_and_html() -> None:
    mail = parsed(outgoing(text="Hallo Zoë,\n\nwähle: https://x.example/c/t?a=1&b=2.\n<b>\n"))
    assert mail.get_content_type() == "multipart/alternative"
    plain, html = (part.get_content() for part in mail.iter_parts())
    assert "wähle: https://x.example/c/t?a=1&b=2." in plain
    assert '<a href="https://x.example/c/t?a=1&amp;b=2">' in html
    assert "&lt;b&gt;" in html
    assert html.count("<p>") == 2


@pytest.mark.parametrize(
    "address",
    [
        "https://x.example/c/t?a=1&b=2",
        "http://localhost:8000/c/eyJ.a-b_c",
        "http://127.0.0.1:8000/t/x",
        "https://web-1.parcels.example/c/x#y",
        "https://x.example/c/Straße",
    ],
)
@pytest.mark.parametrize("around", ["{}", "wähle: {} Danke", "({}).", "{}, dann", "<{}>\n{}."])
def test_a_link_is_pressed_without_what_stands_around_it(address: str, around: str) -> None:
    html = letter.html_of(around.replace("{}", address), languages.get())
    assert set(re.findall(r'href="([^"]*)"', html)) == {escape(address)}


@given(st.text(st.sampled_from("<>&\"'\n .:/@ahtps-"), max_size=60))
def test_words_never_become_markup(text: str) -> None:
    paragraphs = letter.html_of(text, languages.get()).partition("<p>")[2].rpartition("</p>")[0]
    bare = re.sub(r'</?p>|<br>|<a href="[^"<>]*">|</a>', "", paragraphs)
    assert "<" not in bare
    assert ">" not in bare
    assert unescape(bare).split() == text.split()


def test_what_a_mail_shows_besides_stands_below_its_first_paragraph() -> None:
    mail = parsed(outgoing(text="One\n\nTwo", html="<p>own</p>"))
    html = mail.get_body(("html",))
    assert html is not None
    shown = html.get_content()
    assert shown.index("One") < shown.index("<p>own</p>") < shown.index("Two")


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_an_invitation_is_shown_and_attached(method: str) -> None:
    mail = parsed(outgoing(calendar=ICS.format(method)))
    assert mail.get_content_type() == "multipart/mixed"
    alternative, attachment = mail.iter_parts()
    invitation = list(alternative.iter_parts())[2]
    assert invitation.get_content_type() == "text/calendar"
    assert invitation["Content-Type"].params["method"] == method
    assert attachment.get_filename() == "invite.ics"
    assert attachment.get_content() == ICS.format(method).encode()


@given(st.text(max_size=200))
def test_no_subject_becomes_a_header(words: str) -> None:
    subject = f"{words}\r\nBcc: eve@example.com\n\n<script>"
    mail = parsed(outgoing(subject=subject))
    assert sorted(set(mail.keys())) == [
        "Auto-Submitted",
        "Content-Type",
        "Date",
        "From",
        "MIME-Version",
        "Message-ID",
        "Subject",
        "To",
    ]
    assert mail["To"] == "kim@example.com"


@pytest.mark.parametrize(
    "recipient",
    [
        "kim@example.com\r\nBcc: eve@example.com",
        "kim@example.com\nX: y",
        "kim@example.com, eve@example.com",
        "Kim <kim@example.com>",
        "kim",
        "@example.com",
        "kim@",
        "kïm@example.com",
        "kim@example.com> ORCPT=x",
        "",
    ],
)
def test_what_is_no_address_is_refused(recipient: str) -> None:
    with pytest.raises(ValueError):
        letter.write(outgoing(recipient=recipient), FROM, AT)


@given(st.text(max_size=300))
def test_any_text_survives(text: str) -> None:
    clean = "".join(c for c in text if not 0xD800 <= ord(c) < 0xE000)
    body = parsed(outgoing(text=clean)).get_body(("plain",))
    assert body is not None
    lines = body.get_content().splitlines()
    assert lines[: len(clean.splitlines())] == clean.splitlines()

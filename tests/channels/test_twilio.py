"""What Twilio's answers mean, and its signature."""

import threading
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.channels.providers.base import Accepted, Ambiguous, Outgoing, Refused
from app.channels.providers.twilio import sending
from app.channels.providers.twilio import signature as signatures
from app.settings import Settings
from tests.channels.conftest import with_twilio
from tests.channels.exchange import Exchange
from tests.channels.world import PHONE

MESSAGE = Outgoing(
    id=7,
    tries=1,
    channel="sms",
    recipient=PHONE,
    subject="",
    text="Grüße & 50 % für dich = +1",
    html=None,
    calendar=None,
    request_id="r-1",
)


@pytest.fixture
def provider(settings: Settings, exchange: Exchange) -> sending.Twilio:
    return sending.Twilio(with_twilio(settings, exchange.base))


def test_words_arrive_as_they_were_written(provider: sending.Twilio, exchange: Exchange) -> None:
    accepted = provider.send(MESSAGE)
    assert exchange.sent[0]["Body"] == MESSAGE.text
    assert accepted == Accepted(exchange.listed[0]["sid"], "sent")


@pytest.mark.parametrize(
    ("answer", "why", "permanent"),
    [
        ((400, {"code": 21211}), "invalid_number", True),
        ((400, {"code": 21614}), "not_a_mobile", True),
        ((400, {"code": 21610}), "opted_out", True),
        ((400, {"code": 99999}), "twilio_99999", True),
        ((404, {}), "twilio_http_404", True),
        ((302, {}), "twilio_http_302", True),
        ((401, {"code": 20003}), "twilio_20003", False),
        ((429, {"code": 20429}), "twilio_20429", False),
        ((503, {}), "twilio_http_503", False),
    ],
)
def test_refusals(
    provider: sending.Twilio, exchange: Exchange, answer: object, why: str, permanent: bool
) -> None:
    exchange.answers = [answer]  # type: ignore[list-item]
    with pytest.raises(Refused) as refusal:
        provider.send(MESSAGE)
    assert (refusal.value.why, refusal.value.permanent) == (why, permanent)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("hang", "twilio_no_answer"),
        ("close", "twilio_no_answer"),
        ((500, {}), "twilio_http_500"),
        ((502, {}), "twilio_http_502"),
        ((504, {}), "twilio_http_504"),
        ((200, {}), "twilio_http_200"),
    ],
)
def test_doubts(provider: sending.Twilio, exchange: Exchange, answer: object, why: str) -> None:
    exchange.answers = [answer]  # type: ignore[list-item]
    with pytest.raises(Ambiguous) as doubt:
        provider.send(MESSAGE)
    assert doubt.value.why == why


@pytest.mark.parametrize("base", ["http://127.0.0.1:1", "http://twilio.invalid"])
def test_without_a_connection_nothing_left(settings: Settings, base: str) -> None:
    with pytest.raises(Refused) as refusal:
        sending.Twilio(with_twilio(settings, base)).send(MESSAGE)
    assert (refusal.value.why, refusal.value.permanent) == ("twilio_connection", False)


def test_asking(provider: sending.Twilio, exchange: Exchange) -> None:
    before = datetime.now(UTC)
    assert provider.ask(MESSAGE, before) is None
    provider.send(MESSAGE)
    (item,) = exchange.listed
    assert provider.ask(MESSAGE, before) == Accepted(item["sid"])
    for change in (
        {"body": MESSAGE.text + "!"},
        {"direction": "inbound"},
        {"status": "failed"},
        {"date_created": "Thu, 30 Jul 2015 20:12:31 +0000"},
        {"date_created": "soon"},
        {"date_created": None},
        {"sid": None},
    ):
        exchange.listed[:] = [item | change]
        assert provider.ask(MESSAGE, before) is None, change


def test_every_thread_has_its_own_connection(provider: sending.Twilio, exchange: Exchange) -> None:
    threads = [threading.Thread(target=provider.send, args=(MESSAGE,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(exchange.sent) == 4


# Known answers: https://github.com/twilio/twilio-python, tests/unit/test_request_validator.py
KNOWN_URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
KNOWN = [
    (
        MultiDict(
            {
                "CallSid": "CA1234567890ABCDE",
                "Digits": "1234",
                "From": "+14158675309",
                "To": "+18005551212",
                "Caller": "+14158675309",
            }
        ),
        "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
    ),
    (
        MultiDict(
            [
                ("Sid", "CA123"),
                ("SidAccount", "AC123"),
                ("Digits", "5678"),
                ("Digits", "1234"),
                ("Digits", "1234"),
            ]
        ),
        "IK+Dwps556ElfBT0I3Rgjkr1wJU=",
    ),
]


@pytest.mark.parametrize(("form", "signature"), KNOWN)
def test_known_answers(form: MultiDict[str, str], signature: str) -> None:
    assert signatures.signed("12345", KNOWN_URL, form, signature)
    assert not signatures.signed("12346", KNOWN_URL, form, signature)
    assert not signatures.signed("12345", KNOWN_URL + "0", form, signature)
    assert not signatures.signed("", KNOWN_URL, form, signature)


@given(st.integers(0, 27), st.integers(0, 6))
def test_a_signature_with_one_bit_changed_is_a_forgery(place: int, bit: int) -> None:
    form, signature = KNOWN[0]
    forged = bytearray(signature.encode())
    forged[place] ^= 1 << bit
    assert not signatures.signed("12345", KNOWN_URL, form, forged.decode("latin-1"))


@given(st.text(max_size=40))
def test_no_signature_is_a_crash(signature: str) -> None:
    assert not signatures.signed("12345", KNOWN_URL, MultiDict(), signature)


@pytest.mark.parametrize(
    ("ours", "signed"),
    [
        ("https://a.example/x", "https://a.example:443/x"),
        ("https://a.example:8443/x?m=1", "https://a.example/x?m=1"),
        ("http://a.example:80/x", "http://a.example/x"),
    ],
)
def test_twilio_may_sign_with_the_port_or_without(ours: str, signed: str) -> None:
    signature = signatures.sign("t", signed).decode()
    assert signatures.signed("t", ours, MultiDict(), signature)

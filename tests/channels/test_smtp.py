"""E-mail against a real SMTP server on loopback, well and unwell."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.channels import providers
from app.channels.providers.base import Accepted, Ambiguous, Outgoing, Refused
from app.channels.providers.smtp import sending as smtp
from app.settings import Settings
from tests.channels.world import EMAIL, MAIL, SMS, enqueue, send_due, states

LOGINS = {b"user@shop": b"p/ss:word", "müller".encode(): "wörd".encode()}


class Postman:
    """Keeps what comes in; `faults` answers a command otherwise."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.greeted_as: list[str] = []
        self.faults: dict[str, Any] = {}

    async def handle_EHLO(self, _server, session, _envelope, hostname, responses):  # noqa: N802
        session.host_name = hostname
        self.greeted_as.append(hostname)
        return responses

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if "RCPT" in self.faults:
            return self.faults["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, _session, envelope):  # noqa: N802
        self.envelopes.append(envelope)
        if self.faults.get("DATA") == "close":
            server.transport.abort()
        return self.faults.get("DATA", "250 OK")


def check_login(server, session, envelope, mechanism, data):
    good = isinstance(data, LoginPassword) and LOGINS.get(data.login) == data.password
    return AuthResult(success=good, handled=False)


class Office(Controller):
    """Listens on a port of the system's choice."""

    def _trigger_server(self):
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def office(postman: Postman, **options: Any) -> Iterator[int]:
    controller = Office(postman, hostname="127.0.0.1", port=0, **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@pytest.fixture
def postman() -> Postman:
    return Postman()


@pytest.fixture
def letters(settings: Settings) -> Callable[[str], smtp.Smtp]:
    def make(url: str) -> smtp.Smtp:
        return smtp.Smtp(
            replace(
                settings,
                plug_ins={
                    **settings.plug_ins,
                    "SMTP_URL": url,
                    "REKNOCK_MAIL_FROM": "Shop <parcels@shop.example>",
                },
                public_url="https://parcels.shop.example",
            )
        )

    return make


def message(recipient: str = EMAIL, text: str = "Hello\n.hidden dot\n..two\n") -> Outgoing:
    return Outgoing(
        id=7,
        tries=1,
        channel="email",
        recipient=recipient,
        subject="Your parcel",
        text=text,
        html=None,
        calendar=None,
        request_id="r-1",
    )


def test_a_letter_arrives_as_it_was_written(postman, letters) -> None:
    with office(postman) as port:
        accepted = letters(f"smtp://127.0.0.1:{port}").send(message())
    (envelope,) = postman.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("parcels@shop.example", [EMAIL])
    assert postman.greeted_as == ["parcels.shop.example"]
    mail = message_from_bytes(envelope.content, policy=policy.default)
    assert accepted == Accepted(mail["Message-ID"], "sent")
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().splitlines() == ["Hello", ".hidden dot", "..two"]


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_with_user_and_password(postman, letters) -> None:
    options = {"authenticator": check_login, "auth_required": True, "auth_require_tls": False}
    with office(postman, **options) as port:
        letters(f"smtp://user%40shop:p%2Fss%3Aword@127.0.0.1:{port}").send(message())
        letters(f"smtp://m%C3%BCller:w%C3%B6rd@127.0.0.1:{port}").send(message())
        with pytest.raises(Refused) as refusal:
            letters(f"smtp://wrong:wrong@127.0.0.1:{port}").send(message())
    assert (refusal.value.why, refusal.value.permanent) == ("smtp_535_5.7.8", False)
    assert len(postman.envelopes) == 2


def test_starttls_and_tls_with_a_certificate_that_is_checked(
    postman, letters, tmp_path, monkeypatch
) -> None:
    context = certificate(tmp_path)
    trusted = tmp_path / "certificate.pem"
    for scheme, options in (
        ("smtp+starttls", {"tls_context": context, "require_starttls": True}),
        ("smtps", {"ssl_context": context}),
    ):
        with office(postman, **options) as port:
            url = f"{scheme}://127.0.0.1:{port}"
            monkeypatch.delenv("SSL_CERT_FILE", raising=False)
            with pytest.raises(Refused) as refusal:
                letters(url).send(message())
            assert (refusal.value.why, refusal.value.permanent) == ("smtp_connection", False)
            monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
            letters(url).send(message())
    assert len(postman.envelopes) == 2


def test_starttls_is_not_given_up_silently(postman, letters) -> None:
    with office(postman) as port, pytest.raises(Refused):
        letters(f"smtp+starttls://127.0.0.1:{port}").send(message())
    assert postman.envelopes == []


@pytest.mark.parametrize(
    ("fault", "why", "permanent"),
    [
        ({"RCPT": "550 5.1.1 <kim@example.com> unknown"}, "smtp_550_5.1.1", True),
        ({"RCPT": "451 4.7.1 greylisted, kim@example.com"}, "smtp_451_4.7.1", False),
        ({"RCPT": "421 busy"}, "smtp_421", False),
        ({"DATA": "554 5.6.0 no"}, "smtp_554_5.6.0", True),
        ({"DATA": "452 4.2.2 full"}, "smtp_452_4.2.2", False),
    ],
)
def test_refusals(postman, letters, fault, why: str, permanent: bool) -> None:
    postman.faults = fault
    with office(postman) as port, pytest.raises(Refused) as refusal:
        letters(f"smtp://127.0.0.1:{port}").send(message())
    assert (refusal.value.why, refusal.value.permanent) == (why, permanent)


def test_no_server_is_tried_again(letters) -> None:
    with pytest.raises(Refused) as refusal:
        letters("smtp://127.0.0.1:1").send(message())
    assert (refusal.value.why, refusal.value.permanent) == ("smtp_connection", False)


def test_lost_after_the_final_dot_nobody_knows(postman, letters) -> None:
    postman.faults = {"DATA": "close"}
    with office(postman) as port, pytest.raises(Ambiguous) as doubt:
        letters(f"smtp://127.0.0.1:{port}").send(message())
    assert doubt.value.why == "smtp_no_answer"
    assert len(postman.envelopes) == 1


@pytest.mark.parametrize("recipient", [f"{EMAIL}\r\nDATA", f"{EMAIL}> SIZE=1", "kim", ""])
def test_an_address_with_something_in_it_is_refused(postman, letters, recipient: str) -> None:
    with office(postman) as port, pytest.raises(Refused) as refusal:
        letters(f"smtp://127.0.0.1:{port}").send(message(recipient))
    assert (refusal.value.why, refusal.value.permanent) == ("bad_address", True)
    assert postman.envelopes == []


def test_from_the_outbox_to_the_mailbox(settings: Settings, case: int, postman) -> None:
    with office(postman) as port:
        values = {**settings.plug_ins, "SMTP_URL": f"smtp://127.0.0.1:{port}"}
        providers.configure(replace(settings, plug_ins=values))
        enqueue(case, MAIL, SMS)
        assert send_due() == ["sent"]
        postman.faults = {"DATA": "close"}
        enqueue(case, MAIL, SMS, idempotency_key="second")
        assert send_due() == ["unknown"]
        assert send_due() == ["delivered"]
    providers._chosen.clear()
    assert states(case) == [
        ("email", "sent", None),
        ("email", "unknown", "smtp_no_answer"),
        ("sms", "delivered", None),
    ]


def certificate(folder: Path) -> ssl.SSLContext:
    """A server's context with a certificate for 127.0.0.1, `certificate.pem` in `folder`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    cert = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(cert.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context

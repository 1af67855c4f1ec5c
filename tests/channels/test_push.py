"""Web Push: a push service that decrypts what it got, and knows who sent it."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.access import secret, vault
from app.channels import hosts, providers
from app.channels.providers.base import Ambiguous, Outgoing, Refused
from app.channels.providers.webpush import encryption, subscription, vapid
from app.channels.providers.webpush.encryption import Browser, pack, point, unpack
from app.channels.providers.webpush.sending import WebPush, payload
from app.channels.providers.webpush.subscription import Unusable
from app.channels.service import Route
from app.contact.lookup import guard
from app.contact.lookup.guard import Allowed
from app.db.connection import transaction
from app.directory import endpoints_store
from app.directory.endpoints_store import Owner
from app.settings import Settings
from tests.channels.world import enqueue, make_case, read, send_due, states

SUBJECT = "Delivery failed: 1Z9"
TEXT = f"{SUBJECT} (nobody home). Kim D., 5 Main St. Act by Thu 14:00. Take it on: https://r.ex/t/x"
_AUTH = b"0123456789abcdef"


class PushService:
    """A browser and its push service: RFC 8030, 8188, 8291 and 8292 from the other side."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.answers: list[int] = []
        self.shown: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        return subscription.address(
            "https://push.example.net/send/abc", pack(point(self._key.public_key())), pack(_AUTH)
        )

    def request(self, method: str, url: str, **asked: Any) -> requests.Response:
        """What `requests.Session.request` does, answered here."""
        self.asked.append(url)
        answer = requests.Response()
        answer.status_code = self.answers.pop(0) if self.answers else 201
        answer._content, answer._content_consumed = b"", True  # type: ignore[attr-defined]
        if answer.status_code == 201:
            assert method == "POST"
            self._check(url, asked["headers"])
            self.headers.append(asked["headers"])
            self.shown.append(json.loads(self._decrypt(asked["data"])))
        return answer

    def _check(self, url: str, headers: dict[str, str]) -> None:
        assert headers["Content-Encoding"] == "aes128gcm"
        assert 0 < int(headers["TTL"]) <= 24 * 3600
        assert headers["Urgency"] in {"very-low", "low", "normal", "high"}
        assert len(headers.get("Topic", "")) <= 32
        scheme, _, rest = headers["Authorization"].partition(" ")
        assert scheme == "vapid"
        token, key = (part.strip()[2:] for part in rest.split(","))
        head, said, signature = token.split(".")
        raw = unpack(signature)
        assert len(raw) == 64
        der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        known = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unpack(key))
        known.verify(der, f"{head}.{said}".encode(), ec.ECDSA(SHA256()))
        assert key == vapid.public_key(), "the key that the browser was given"
        claims = json.loads(unpack(said))
        assert claims["aud"] == f"https://{urlsplit(url).netloc}"
        ahead = claims["exp"] - clock.machine_now().timestamp()
        assert 0 < ahead <= timedelta(hours=24).total_seconds()
        assert claims["sub"].startswith(("https:", "mailto:"))

    def _decrypt(self, body: bytes) -> bytes:
        salt, (size, length) = body[:16], struct.unpack("!IB", body[16:21])
        theirs, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(body) <= size == 4096
        sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
        shared = self._key.exchange(ec.ECDH(), sender)
        info = b"WebPush: info\0" + point(self._key.public_key()) + theirs
        secret_ = _hkdf(shared, _AUTH, info, 32)
        key = _hkdf(secret_, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _hkdf(secret_, salt, b"Content-Encoding: nonce\0", 12)
        padded = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0")
        assert padded[-1:] == b"\x02"
        return padded[:-1]


def _hkdf(of: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(of)


def _session(service: PushService, true: Callable[[], requests.Session]) -> requests.Session:
    made = true()
    made.request = service.request  # type: ignore[assignment, method-assign]
    return made


@pytest.fixture
def service(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[PushService]:
    hosts.forget()
    secret.configure("a-test")
    found = PushService()
    monkeypatch.setattr(guard, "session", partial(_session, found, guard.session))
    providers.configure(settings)
    yield found
    hosts.forget()


def outgoing(address: str, text: str = TEXT) -> Outgoing:
    return Outgoing(
        id=1,
        tries=1,
        channel="push",
        recipient="browser-1",
        subject=SUBJECT,
        text=text,
        html=None,
        calendar=None,
        request_id="r",
        about="task-5",
        address=address,
    )


def test_the_example_of_rfc_8291_appendix_a_comes_out_to_the_letter() -> None:
    own = unpack("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")
    browser = Browser.read(
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "BTBZMqHH6r4Tts7J_aSIgg",
    )
    body = encryption.encrypt(
        b"When I grow up, I want to be a watermelon",
        browser,
        own=ec.derive_private_key(int.from_bytes(own, "big"), ec.SECP256R1()),
        salt=unpack("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert pack(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmY"
        "WAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexS"
        "gSxsj_Qulcy4a-fN"
    )


@given(st.binary(max_size=encryption.LARGEST))
def test_whatever_is_sent_is_read_by_the_browser_and_by_nobody_else(words: bytes) -> None:
    service = PushService()
    browser = subscription.read(service.address).browser
    first, second = (encryption.encrypt(words, browser) for _ in range(2))
    assert service._decrypt(first) == service._decrypt(second) == words
    assert first[:16] != second[:16]
    assert first[21:86] != second[21:86]


def test_more_than_a_record_is_refused() -> None:
    browser = subscription.read(PushService().address).browser
    with pytest.raises(ValueError, match="too long"):
        encryption.encrypt(b"x" * (encryption.LARGEST + 1), browser)


def test_the_phone_shows_what_it_is_about_and_a_tap_opens_it(service: PushService) -> None:
    WebPush(_public("https://r.ex")).send(outgoing(service.address))
    (shown,), (headers,) = service.shown, service.headers
    assert shown == {
        "title": SUBJECT,
        "body": "(nobody home). Kim D., 5 Main St. Act by Thu 14:00. Take it on",
        "url": "https://r.ex/t/x",
        "tag": "task-5",
    }
    assert (headers["Topic"], headers["Urgency"]) == ("task-5", "high")
    assert b"Kim" not in outgoing(service.address).address.encode()
    assert json.loads(payload(outgoing("", "Only words.")))["url"] == "/console"


@pytest.mark.parametrize(
    ("status", "kind", "why", "permanent"),
    [
        (404, Refused, "endpoint_ended", True),
        (410, Refused, "endpoint_ended", True),
        (413, Refused, "push_http_413", True),
        (429, Refused, "push_http_429", False),
        (302, Refused, "push_http_302", True),
        (500, Ambiguous, "push_http_500", None),
    ],
)
def test_what_the_answers_of_a_push_service_are_worth(
    service: PushService,
    status: int,
    kind: type[Refused | Ambiguous],
    why: str,
    permanent: bool | None,
) -> None:
    service.answers = [status]
    with pytest.raises(kind) as caught:
        WebPush(_public("http://localhost:8000")).send(outgoing(service.address))
    assert str(caught.value) == why
    assert getattr(caught.value, "permanent", None) is permanent


def test_a_browser_that_is_no_more_is_taken_away_and_the_next_way_is_used(
    service: PushService,
) -> None:
    case = make_case()
    person = read("SELECT catch_all_id AS id FROM depots")[0]["id"]
    sealed = vault.seal(service.address)
    with transaction() as conn:
        made = endpoints_store.add(
            conn, Owner(person, None), "push", "browser", "x", sealed, clock.now()
        )
    browser, chat = Route("push", f"browser-{made}"), Route("email", "ana@example.com")
    enqueue(case, browser, audience="dispatcher", idempotency_key="one", text=TEXT)
    assert send_due() == ["sent"]
    service.answers = [410]
    enqueue(case, browser, chat, audience="dispatcher", idempotency_key="two", text=TEXT)
    assert send_due() == ["failed"]
    assert read("SELECT * FROM staff_endpoints") == []
    (change,) = read("SELECT by, kind, subject_id, before, after FROM setup_changes")
    assert (change["by"], change["kind"], change["subject_id"]) == ("Reknock", "person", person)
    assert (change["before"], change["after"]) == ({"push": "x"}, {"push": ""})
    assert states(case)[1:] == [("push", "failed", "endpoint_ended"), ("email", "queued", None)]


@pytest.mark.parametrize(
    ("endpoint", "p256dh", "auth"),
    [
        ("http://push.example.net/x", None, None),
        ("https://user:pw@push.example.net/x", None, None),
        ("https:///x", None, None),
        ("https://push.example.net/" + "x" * 1000, None, None),
        (None, "AAAA", None),
        (None, pack(b"\x04" + b"\1" * 64), None),
        (None, "!!", None),
        (None, None, "AAAA"),
        (None, None, ""),
    ],
)
def test_what_is_no_subscription_is_refused(
    endpoint: str | None, p256dh: str | None, auth: str | None
) -> None:
    good = json.loads(PushService().address)
    with pytest.raises(Unusable):
        subscription.address(
            good["endpoint"] if endpoint is None else endpoint,
            good["p256dh"] if p256dh is None else p256dh,
            good["auth"] if auth is None else auth,
        )


def test_a_push_service_inside_our_walls_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    hosts.forget()
    secret.configure("a-test")
    monkeypatch.setattr(guard, "_allowed", Allowed(False, frozenset(), ()))
    inside = json.loads(PushService().address) | {"endpoint": "https://127.0.0.1:1/x"}
    with pytest.raises(Refused) as caught:
        WebPush(_public("https://r.ex")).send(outgoing(json.dumps(inside)))
    assert (caught.value.why, caught.value.permanent) == ("push_private_address", True)


def _public(url: str) -> Any:
    return type("Public", (), {"public_url": url})

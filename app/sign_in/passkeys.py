"""Verbs on passkeys: a person's own device signs what it was asked, once, within minutes.

They are bound to the name of our site, which a browser checks: a site that looks like ours gets
nothing. The device must have made sure who holds it, by a finger, a face or a PIN.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.access import links, secret
from app.db.connection import Connection
from app.errors import Problem
from app.languages.language import mark
from app.languages.sentence import sentence
from app.sign_in import passkeys_store as store

GOOD_FOR = timedelta(minutes=5)
MOST = 10
"""So many may one person have."""
_SURE = UserVerificationRequirement.REQUIRED


def offered() -> bool:
    """Whether browsers make passkeys for our address: it has a name, and is safe from listeners."""
    place = urlsplit(links.at("/"))
    host = place.hostname or ""
    return host == "localhost" or (place.scheme == "https" and not _is_number(host))


def ask_to_add(
    conn: Connection, person_id: int, name: str, now: datetime
) -> tuple[bytes, dict[str, Any]]:
    """What a browser is asked for so that it makes a passkey: the challenge, and all of it."""
    had = [PublicKeyCredentialDescriptor(id=key.credential) for key in store.of(conn, person_id)]
    if len(had) >= MOST:
        raise Problem(
            422,
            "passkey_refused",
            sentence("You have {number} passkeys. Remove one first.", number=MOST),
        )
    options = webauthn.generate_registration_options(
        rp_id=_site(),
        rp_name="Reknock",
        user_name=name,
        user_id=_handle(person_id),
        exclude_credentials=had,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_SURE
        ),
    )
    _keep(conn, options.challenge, person_id, now)
    return options.challenge, json.loads(webauthn.options_to_json(options))


def add(
    conn: Connection, person_id: int, challenge: bytes, answer: str, agent: str, now: datetime
) -> None:
    """Keep the passkey that a browser made.

    Raises:
        Problem: 422, it is not what was asked for.
    """
    _check_asked(conn, challenge, person_id, now)
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=_site(),
            expected_origin=_origin(),
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError) as error:
        raise _refused() from error
    key = made.credential_id, made.credential_public_key, made.sign_count
    if not store.add(conn, person_id, *key, agent, now):
        raise _refused()


def ask_to_enter(conn: Connection, now: datetime) -> tuple[bytes, dict[str, Any]]:
    """What a browser is asked for so that it shows a passkey: the challenge, and all of it."""
    options = webauthn.generate_authentication_options(rp_id=_site(), user_verification=_SURE)
    _keep(conn, options.challenge, None, now)
    return options.challenge, json.loads(webauthn.options_to_json(options))


def enter(conn: Connection, challenge: bytes, answer: str, now: datetime) -> int:
    """Whose passkey has signed what was asked.

    Raises:
        Problem: 422, none that we know, or not what was asked.
    """
    _check_asked(conn, challenge, None, now)
    try:
        credential = base64url_to_bytes(json.loads(answer)["rawId"])
        key = store.lock(conn, credential)
        if key is None:
            raise _refused()
        shown = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=_site(),
            expected_origin=_origin(),
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise _refused() from error
    store.used(conn, key.id, shown.new_sign_count, now)
    return key.person_id


def _keep(conn: Connection, challenge: bytes, person_id: int | None, now: datetime) -> None:
    store.ask(conn, _digest(challenge), person_id, now, now + GOOD_FOR)


def _check_asked(conn: Connection, challenge: bytes, person_id: int | None, now: datetime) -> None:
    if not store.answered(conn, _digest(challenge), person_id, now):
        raise _refused()


def _refused() -> Problem:
    detail = mark("This passkey could not be used here. Please try again, or sign in with a code.")
    return Problem(422, "passkey_refused", detail)


def _digest(challenge: bytes) -> bytes:
    return hashlib.sha256(challenge).digest()


def _handle(person_id: int) -> bytes:
    """By what a device knows whose passkey it is; it tells nobody who that is."""
    return hmac.digest(secret.derive("passkeys"), str(person_id).encode(), "sha256")


def _site() -> str:
    return urlsplit(links.at("/")).hostname or ""


def _origin() -> str:
    place = urlsplit(links.at("/"))
    return f"{place.scheme}://{place.netloc}"


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True

"""The company's own sign-in: whoever its issuer vouches for by a verified address is let in."""

from __future__ import annotations

import time

import pytest
from joserfc.jwk import RSAKey

from app.db.connection import connection
from app.settings import SettingsError, load
from tests.access import issuer as played
from tests.application import create_app
from tests.pages.reading import text


@pytest.fixture
def issuer():
    with played.playing() as issuer:
        yield issuer


@pytest.fixture
def company(env, issuer):
    """The environment of a copy that knows the issuer."""
    return {
        **env,
        "REKNOCK_OIDC_ISSUER": issuer.address,
        "REKNOCK_OIDC_CLIENT_ID": played.CLIENT,
        "REKNOCK_OIDC_CLIENT_SECRET": played.SECRET,
        "REKNOCK_OIDC_NAME": "Acme",
    }


@pytest.fixture
def client(company, play):
    client = create_app(load(company)).test_client()
    client.environ_base["HTTP_ACCEPT"] = "text/html"
    return client


def go(client, issuer, back="/sign-in/openid"):
    """Press the button, sign in there, come back."""
    return client.get(issuer.authorize(client.get(back).location))


def test_whoever_the_company_knows_by_a_verified_address_is_in_and_where_they_wanted(
    client, issuer, caplog
):
    page = client.get("/sign-in?next=/console%3Ftab%3Dtaken").text
    assert "Sign in with Acme" in text(page)
    answer = go(client, issuer, "/sign-in/openid?next=/console%3Ftab%3Dtaken")
    assert (answer.status_code, answer.location) == (303, "/console?tab=taken")
    assert client.get("/console").status_code == 200
    row = connection().execute("SELECT how, key_id FROM sessions").fetchone()
    assert row == {"how": "openid", "key_id": None}
    assert "ben@example.com" not in caplog.text


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"email": "BEN@example.com", "email_verified": "true"}, None),
        ({"email": "who@example.com", "email_verified": True}, "Nobody here has the address"),
        ({"email": "ben@example.com", "email_verified": False}, "no verified e-mail address"),
        ({"email": "ben@example.com"}, "no verified e-mail address"),
        ({"email": "+17145554102", "email_verified": True}, "Nobody here has the address"),
        ({"email": ["ben@example.com"], "email_verified": True}, "Nobody here has the address"),
        ({}, "no verified e-mail address"),
    ],
)
def test_people_are_known_by_a_verified_address_and_by_nothing_else(client, issuer, claims, said):
    issuer.claims = claims
    answer = go(client, issuer)
    if said is None:
        assert answer.location == "/console"
    else:
        assert answer.status_code == 403
        assert said in text(answer.text)
        assert client.get("/console").status_code == 303


def test_some_issuers_tell_the_address_only_to_whoever_asks_further(client, issuer):
    issuer.claims = {}
    issuer.userinfo = {"sub": "u-1", "email": "ben@example.com", "email_verified": True}
    assert go(client, issuer).location == "/console"
    issuer.userinfo["sub"] = "u-2"  # somebody else's
    other = create_app(client.application.config["SETTINGS"]).test_client()
    assert go(other, issuer).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce": "another"},
        {"aud": "another-client"},
        {"iss": "https://evil.example"},
        {"exp": int(time.time()) - 3600},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_token_that_is_not_from_there_for_us_and_for_now_opens_nothing(client, issuer, wrong):
    issuer.overrides = wrong
    assert go(client, issuer).status_code == 502
    assert client.get("/console").status_code == 303


def test_a_token_signed_by_another_key_opens_nothing(client, issuer):
    issuer.signs_with = RSAKey.generate_key(2048, {"kid": "k1"})
    assert go(client, issuer).status_code == 502


def test_an_issuer_that_changed_its_keys_is_asked_for_them_again(client, issuer):
    assert go(client, issuer).location == "/console"
    issuer.key = issuer.signs_with = RSAKey.generate_key(2048, {"kid": "k2"})
    later = client.application.test_client()
    assert go(later, issuer).location == "/console"


def test_who_comes_back_without_having_left_or_twice_is_not_let_in(client, issuer):
    back = issuer.authorize(client.get("/sign-in/openid").location)
    stranger = create_app(client.application.config["SETTINGS"]).test_client()
    stranger.environ_base["HTTP_ACCEPT"] = "text/html"
    assert stranger.get(back).status_code == 502  # another browser's state
    assert client.get(back.replace("state=", "state=x")).status_code == 502
    assert client.get("/sign-in/openid/back?error=access_denied").status_code == 502
    assert client.get(back).location == "/console"
    assert client.get(back).status_code == 502


def test_an_issuer_that_names_itself_otherwise_is_not_the_one_that_was_meant(client, issuer):
    issuer.named = "https://evil.example"
    answer = client.get("/sign-in/openid")
    assert answer.status_code == 502
    assert "sign in with a code" in text(answer.text)
    issuer.named = issuer.address
    assert client.get("/sign-in/openid").status_code == 302


def test_a_private_machine_is_asked_only_where_that_is_allowed(company, play, issuer):
    production = {**company, "REKNOCK_DEMO": "0"}
    assert create_app(load(production)).test_client().get("/sign-in/openid").status_code == 502
    assert issuer.calls == []
    allowed = {**production, "REKNOCK_LOOKUP_ALLOW": "127.0.0.1"}
    assert create_app(load(allowed)).test_client().get("/sign-in/openid").status_code == 302


def test_an_issuer_that_is_down_lets_people_sign_in_otherwise(company, play):
    gone = {**company, "REKNOCK_OIDC_ISSUER": "http://127.0.0.1:9"}
    client = create_app(load(gone)).test_client()
    assert client.get("/sign-in/openid").status_code == 502
    assert client.get("/sign-in").status_code == 200


def test_without_an_issuer_there_is_no_button_and_no_way(env, play):
    client = create_app(load(env)).test_client()
    assert "/sign-in/openid" not in client.get("/sign-in").text
    assert client.get("/sign-in/openid").status_code == 404
    assert client.get("/sign-in/openid/back?code=1&state=2").status_code == 404


def test_an_issuer_alone_is_refused_at_the_start(env):
    with pytest.raises(SettingsError, match=r"REKNOCK_OIDC_CLIENT_ID.*\n.*CLIENT_SECRET must be"):
        load({**env, "REKNOCK_OIDC_ISSUER": "https://id.example"})

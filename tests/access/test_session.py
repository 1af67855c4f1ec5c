from __future__ import annotations

import pytest

from app import clock
from app.access import session
from app.db.connection import connection
from app.settings import load
from tests.application import create_app
from tests.pages.reading import fingerprint, text
from tests.pages.staff import make_key, sign_in, token


@pytest.fixture
def key(play):
    """Ana's key."""
    return make_key("dispatcher", person_id=play.world.people["Ana"])


def test_who_is_not_signed_in_is_asked_and_then_sent_back(client, key):
    answer = client.get("/console?tab=done&depot=anaheim")
    assert (answer.status_code, answer.data) == (303, b"")
    assert answer.location == "/sign-in?next=/console%3Ftab%3Ddone%26depot%3Danaheim"
    back = client.get(answer.location)
    assert 'value="/console?tab=done&amp;depot=anaheim"' in back.text
    answer = sign_in(client, key, "/console?tab=done&depot=anaheim")
    assert (answer.status_code, answer.location) == (303, "/console?tab=done&depot=anaheim")
    assert client.get(answer.location).status_code == 200


@pytest.mark.parametrize(
    ("role", "home"), [("dispatcher", "/console"), ("admin", "/console"), ("shipper", "/shop")]
)
def test_everybody_begins_at_their_own_page(client, play, role, home):
    shipper = play.world.shipper_id if role == "shipper" else None
    assert sign_in(client, make_key(role, shipper_id=shipper)).location == home
    assert client.get("/sign-in").location == home


def test_a_wrong_key_is_refused_calmly_and_told_to_nobody(client, key, caplog, capsys):
    wrong = key[:-1] + ("A" if key[-1] != "A" else "B")
    answer = sign_in(client, wrong)
    assert answer.status_code == 422
    assert "This key is not known here, or it was revoked or has ended." in text(answer.text)
    assert wrong not in answer.text
    assert client.get("/console").status_code == 303
    sign_in(client, key)
    said = caplog.text + "".join(capsys.readouterr())
    assert wrong not in said
    assert key not in said


@pytest.mark.parametrize(
    "strange", ["", " ", "\0", "\ud800".encode("utf-8", "replace"), "k" * 9999]
)
def test_what_is_no_key_opens_nothing(client, strange):
    assert sign_in(client, strange).status_code == 422


def test_the_key_is_not_in_the_cookie_and_no_script_can_read_it(client, key):
    cookie = sign_in(client, key).headers["Set-Cookie"]
    assert key not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_over_https_the_cookie_never_travels_in_the_open(env, play):
    app = create_app(load({**env, "PUBLIC_URL": "https://reknock.example"}))
    assert "Secure" in app.test_client().get("/sign-in").headers["Set-Cookie"]


def test_two_copies_on_one_machine_do_not_share_a_cookie(env, client, play):
    mine = client.application.config["SESSION_COOKIE_NAME"]
    other = create_app(load({**env, "SECRET_KEY": "another-secret-key-altogether-here"}))
    assert other.config["SESSION_COOKIE_NAME"] != mine


def test_a_revoked_key_is_out_at_once(client, key):
    sign_in(client, key)
    assert client.get("/console").status_code == 200
    connection().execute("UPDATE api_keys SET revoked_at = %s", [clock.now()])
    assert client.get("/console").status_code == 303
    assert client.post("/console").status_code == 303
    poll = client.get("/console/live", headers={"HX-Request": "true"})
    assert poll.headers["HX-Refresh"] == "true"
    assert sign_in(client, key).status_code == 422


def test_a_cookie_of_our_making_is_needed(client, key):
    sign_in(client, key)
    name = client.application.config["SESSION_COOKIE_NAME"]
    cookie = client.get_cookie(name)
    assert cookie
    client.set_cookie(name, ("A" if cookie.value[0] != "A" else "B") + cookie.value[1:])
    assert client.get("/console").status_code == 303


def test_after_a_shift_it_is_over(client, key, monkeypatch):
    sign_in(client, key)
    lifetime = client.application.config["PERMANENT_SESSION_LIFETIME"]
    assert lifetime.total_seconds() == 12 * 3600
    client.application.config["PERMANENT_SESSION_LIFETIME"] = -lifetime
    assert client.get("/console").status_code == 303


def test_signing_out_is_a_form_with_its_token(client, key):
    sign_in(client, key)
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out").status_code == 403
    assert client.get("/console").status_code == 200
    page = client.get("/console").text
    assert client.post("/sign-out", data={"csrf_token": token(page)}).location == "/sign-in"
    assert client.get("/console").status_code == 303


@pytest.mark.parametrize("forged", ["", "x", "0" * 64, "ümlaut"])
def test_a_form_from_elsewhere_does_nothing(client, key, play, forged):
    task = play.task(play.courier())
    sign_in(client, key)
    before = fingerprint()
    answer = client.post("/console", data={"csrf_token": forged, "one": str(task.id)})
    assert answer.status_code == 403
    assert "This form is out of date" in text(answer.text)
    assert fingerprint() == before


def test_a_token_is_worth_nothing_in_another_session(settings, client, key):
    sign_in(client, key)
    other = create_app(settings).test_client()
    sign_in(other, key)
    stolen = token(other.get("/console").text)
    assert client.post("/console", data={"csrf_token": stolen}).status_code == 403


def test_two_tabs_opened_at_once_after_signing_in_both_work(settings, client, key, play):
    tasks = [str(play.task(play.courier(parcel=parcel)).id) for parcel in ("P1", "P2")]
    sign_in(client, key)
    name = client.application.config["SESSION_COOKIE_NAME"]
    cookie = client.get_cookie(name).value
    forms = []
    for _ in tasks:  # each tab asks with the cookie of the sign-in, before the other was answered
        tab = create_app(settings).test_client()
        tab.set_cookie(name, cookie)
        forms.append(token(tab.get("/console").text))
        client._cookies.update(tab._cookies)
    for form, task in zip(forms, tasks, strict=True):
        assert client.post("/console", data={"csrf_token": form, "one": task}).status_code == 303
    assert [play.task(1).state, play.task(2).state] == ["acknowledged", "acknowledged"]


def test_a_form_sent_after_the_shift_leads_to_signing_in_and_back(client, key):
    sign_in(client, key)
    form = token(client.get("/console").text)
    client.delete_cookie(client.application.config["SESSION_COOKIE_NAME"])
    answer = client.post("/console", data={"csrf_token": form, "one": "1"})
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/console")


def test_every_form_that_leans_on_a_cookie_needs_its_token(client):
    """Whatever is added later is guarded unless it says why not."""
    csrf = client.application.extensions["csrf"]
    free = {blueprint.name for blueprint in csrf._exempt_blueprints}
    programs = {
        "orders",
        "contact",
        "cases",
        "booking",
        *("erasures", "access_requests", "exports"),
        "corrections",
        "decisions",
        "depots",
        "dispatch",
        "oncall",
        "people",
        "webhook_endpoints",
        *("track", "wanted"),
        "webhooks",
        "callbacks",
    }
    links = {
        *("customer_pages", "dispatch_pages", "bundle_pages", "shipper_pages", "cover_pages"),
    }
    assert free == programs | links | {
        "wrong_contacts",  # the link holds a signed token
        "wrong_contacts_api",
        *("disputes", "brands_api", "known_texts_api", "erasures", "exports"),
        *("gestures", "gesture_rules"),
        "delegates",
        "genuine",  # whatever it is sent, it changes nothing
        "handover_callbacks",  # signed by whoever carries out bookings
        "playground",
        "playground_answers",
        "intake_pages",
    }
    assert not csrf._exempt_views


def test_nobody_is_signed_in_by_another_site(client, key):
    assert client.post("/sign-in", data={"key": key}).status_code == 403
    assert client.get("/console").status_code == 303


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/console",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/ok\r\nSet-Cookie: x=y",
        "",
    ],
)
def test_the_way_back_leads_nowhere_else(client, key, address):
    assert session.local(address) == ""
    assert sign_in(client, key, address).location == "/console"


def test_a_shipper_is_led_away_from_the_console(client, play):
    case_id = play.courier()
    sign_in(client, make_key("shipper", shipper_id=play.world.shipper_id))
    page = client.get("/console")
    assert page.status_code == 403
    assert "This page is not for your key" in text(page.text)
    assert "ORD-P1" not in page.text
    form = {"csrf_token": token(page.text), "one": str(play.task(case_id).id)}
    assert client.post("/console", data=form).status_code == 403
    assert play.task(case_id).state == "open"


def test_the_demo_says_where_its_keys_are_but_not_which(env, client, key, play):
    said = text(client.get("/sign-in").text)
    assert "demo.json" in said
    assert "rk_" not in said
    production = create_app(load({**env, "REKNOCK_DEMO": "0"})).test_client()
    assert "demo.json" not in production.get("/sign-in").text

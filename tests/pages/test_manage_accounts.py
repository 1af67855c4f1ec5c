"""Courier accounts and keys on pages: secrets are shown once, and every change is remembered."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from app import clock
from app.db.connection import connection
from app.intake import accounts as readers
from app.intake import samples
from tests.access import two_depots
from tests.application import create_app
from tests.pages.looking import looked_at
from tests.pages.reading import text
from tests.pages.staff import sign_in, sign_in_with, token
from tests.pages.web import free_port, serving

CONNECT = "/console/manage/connect"
COURIERS = "/console/manage/couriers"
KEYS = "/console/manage/keys"
BELONGS = {"shipper": "oak", "depot": "anaheim", "timezone": "America/Los_Angeles"}


@pytest.fixture
def enter(settings, play):
    two_depots.build(play)

    def enter(name="admin"):
        key = next(one.key for one in two_depots.callers() if one.name == name)
        client = create_app(settings).test_client()
        client.environ_base["HTTP_ACCEPT"] = "text/html"
        sign_in(client, key)
        return client

    return enter


@pytest.fixture
def admin(enter):
    return enter()


def send(client, path, **form):
    page = client.get("/console/manage/people").text
    return client.post(path, data={"csrf_token": token(page), **form})


def changes(client):
    return text(client.get("/console/manage/changes").text)


def once(answer):
    """What is shown once, by its name."""
    found = re.findall(r'<dt>([^<]+)</dt><dd><code class="copy">([^<]+)</code>', answer.text)
    return dict(found)


def post_sample(client, slug, at=None):
    readers.forget()
    raw, headers = samples.failure(
        readers.get(slug), clock.machine_now(), shipment=f"T{at or slug}"
    )
    return client.post(f"/webhooks/{slug}", data=raw, headers=headers)


@pytest.mark.parametrize(
    ("courier", "shown"),
    [
        ("onfleet", {"Secret"}),
        ("standard_webhooks", {"Secret"}),
        ("dhl", {"Dhl-Webhook-Token"}),
        ("ups", {"User-Agent", "Authorization"}),
    ],
)
def test_a_courier_is_connected_with_what_is_made_for_it_and_its_webhooks_are_believed(
    admin, courier, shown
):
    assert "Go on" in admin.get(COURIERS).text
    assert admin.get(f"{CONNECT}?courier={courier}").status_code == 200
    answer = send(admin, CONNECT, courier=courier, slug="Newly", **BELONGS)
    assert answer.status_code == 200
    made = once(answer)
    assert set(made) == shown
    assert "/webhooks/newly" in answer.text
    account = readers.get("newly")
    assert {*account.secrets, *account.headers.values()} == set(made.values())
    for page in (f"{COURIERS}/newly", COURIERS, "/console/manage/changes"):
        for secret in made.values():
            assert secret not in admin.get(page).text
    assert "Courier account: newly added" in changes(admin)
    assert post_sample(admin, "newly").json["status"] == "accepted"


def test_what_cannot_be_connected_is_said_beside_its_field_and_nothing_is_kept(admin):
    wrong = [
        ({"slug": "Ärger"}, "lower-case letters"),
        ({"slug": "easypost"}, "There is an account &#39;easypost&#39; already"),
        ({"shipper": "nobody"}, "Choose one of the shippers."),
        ({"depot": "nowhere"}, "Choose one of the depots."),
        ({"timezone": "Mars/Crater"}, "There is no time zone"),
        ({"courier": "standard_webhooks", "secret": "short"}, "not in standard_webhooks"),
        ({"courier": "shipengine"}, "say where that can be read"),
        ({"courier": "custom", "mapping": "{"}, "This is not JSON"),
        ({"courier": "custom", "mapping": "{}"}, "cannot be used"),
        ({"courier": "nobody"}, "Choose one of the couriers."),
    ]
    for fields, said in wrong:
        answer = send(admin, CONNECT, **({"courier": "onfleet", "slug": "x"} | BELONGS | fields))
        assert answer.status_code in {409, 422}, fields
        assert said in answer.text, text(answer.text)[150:700]
    assert "Nothing was changed yet." in changes(admin)


def test_a_secret_is_replaced_and_the_former_is_good_for_as_long_as_was_said(admin):
    path, before = f"{COURIERS}/standard-webhooks", readers.get("standard-webhooks")
    answer = send(admin, path, act="rotate", keep="1")
    (secret,) = once(answer).values()
    after = readers.get("standard-webhooks")
    assert after.secrets == (secret, *before.secrets)
    assert secret not in admin.get(path).text
    assert "A former one is still valid" in text(admin.get(path).text)
    clock.advance(timedelta(hours=1, seconds=1))
    readers.forget()
    assert readers.get("standard-webhooks").secrets == (secret,)
    said = changes(admin)
    assert "secret the former changed" in said
    assert secret not in said
    assert send(admin, path, act="rotate", secret=secret, keep="1").status_code == 303
    assert "Nothing was changed." in text(admin.get(path).text)
    assert send(admin, path, act="rotate", secret="hello").status_code == 422


def test_rules_owner_tests_and_connector_change_on_one_page_and_values_are_never_shown(admin):
    path = f"{COURIERS}/onfleet"
    send(admin, path, act="rules", attempts="3", tries_again_after_hours="24.5", days="working")
    send(admin, path, act="tests", tests="1")
    send(admin, path, act="owner", **(BELONGS | {"shipper": "elm", "depot": "fresno"}))
    assert "api_key" in admin.get(f"{path}?connector=onfleet").text
    sign_in_there = {"connector": "onfleet", "value-api_key": "k-very-secret"}
    assert send(admin, path, act="connect", **sign_in_there).status_code == 303
    page = admin.get(path).text
    assert "They go to onfleet." in text(page)
    said = changes(admin)
    for one in (
        "Attempts in all nothing 3",
        "Tries again after (hours) nothing 24.5",
        "test events do not open cases",
        "shipper oak elm",
        "depot anaheim fresno",
        "bookings go to depot onfleet",
        "sign-in of the connector the former changed",
    ):
        assert one in said
    for shown in (page, said, str(readers.get("onfleet").config)):
        assert "k-very-secret" not in shown
    assert readers.get("onfleet").config == {"accept_test": True}
    for wrong in (
        {"act": "rules", "attempts": "many"},
        {"act": "rules", "attempts": "0"},
        {"act": "rules", "days": "sundays"},
        {"act": "connect", "connector": "onfleet"},
        {"act": "connect", "connector": "pigeons"},
        {"act": "owner"},
        {"act": "dance"},
    ):
        assert send(admin, path, **wrong).status_code == 422, wrong
    assert changes(admin) == said


def test_a_mapping_is_corrected_and_what_waits_in_quarantine_is_read_again(admin):
    send(admin, CONNECT, courier="custom", slug="thames", mapping=_mapping("ELSE"), **BELONGS)
    taken = post_sample(admin, "thames").json
    assert taken["status"] == "quarantined", taken
    path = f"{COURIERS}/thames"
    page = text(admin.get(path).text)
    assert "1 in quarantine" in page
    assert send(admin, path, act="config", mapping=_mapping("parcel.barcode")).status_code == 303
    send(admin, path, act="replay")
    assert "Read again: 1 of 1 are taken." in text(admin.get(path).text)
    assert "config fields" in changes(admin)
    assert send(admin, path, act="tests", tests="1").status_code == 422


def _mapping(number):
    mapping = samples.credentials("custom").config
    return json.dumps(mapping | {"fields": mapping["fields"] | {"tracking_number": number}})


def test_in_a_demo_a_sample_opens_a_case_and_elsewhere_there_is_no_such_button(admin, settings):
    path = f"{COURIERS}/easypost"
    assert "Send a sample" in admin.get(path).text
    send(admin, path, act="sample")
    assert re.search(r"A sample came in. It opened case \d+", admin.get(path).text)
    admin.application.config["SETTINGS"] = type("Real", (), {"demo": False, "public_url": ""})
    assert "Send a sample" not in admin.get(path).text
    assert send(admin, path, act="sample").status_code == 404


def test_a_key_is_made_shown_once_replaced_and_revoked(admin, settings):
    wanted = {"act": "create", "name": "Order system", "role": "shipper", "shipper": "oak"}
    made = send(admin, KEYS, **wanted, lasts="30")
    (key,) = once(made).values()
    assert works(settings, key)
    assert key not in admin.get(KEYS).text
    (number,) = re.findall(r"Order system.*?number (\d+)", text(admin.get(KEYS).text))[:1]
    (fresh,) = once(send(admin, KEYS, act="rotate", key=number, keep="1")).values()
    assert works(settings, key)
    assert works(settings, fresh)
    clock.advance(timedelta(hours=1, seconds=1))
    assert not works(settings, key)
    page = text(admin.get(KEYS).text)
    (second,) = re.findall(r"Order system.*?number (\d+)", page)[:1]
    assert int(second) > int(number)
    send(admin, KEYS, act="revoke", key=second)
    assert not works(settings, fresh)
    said = changes(admin)
    for one in (
        f"API key: Order system ({number}) added",
        f"instead of number {number}",
        "opens the cases of Hollow Oak Books",
        "revoked",
    ):
        assert one in said
    for secret in (key, fresh):
        assert secret not in said


def works(settings, key):
    client = create_app(settings).test_client()
    headers = {"Authorization": f"Bearer {key}"}
    return client.get("/api/v1/cases", headers=headers).status_code == 200


def test_keys_that_do_not_fit_together_are_refused(admin, play):
    for wrong in (
        {"name": ""},
        {"role": "king"},
        {"role": "shipper"},
        {"role": "dispatcher", "shipper": "oak"},
        {"role": "admin", "depot": ["anaheim"]},
        {"role": "dispatcher", "person": str(play.world.people["Ana"]), "depot": ["anaheim"]},
    ):
        form = {"act": "create", "name": "x", "role": "dispatcher", "lasts": "0"} | wrong
        assert send(admin, KEYS, **form).status_code == 422, wrong
    row = connection().execute("SELECT id FROM api_keys WHERE name = 'admin'").fetchone()
    assert row
    own = send(admin, KEYS, act="revoke", key=str(row["id"]))
    assert own.status_code == 409
    assert send(admin, KEYS, act="revoke", key="99999").status_code == 404
    assert "Nothing was changed yet." in changes(admin)


def test_only_admins_see_accounts_and_keys(enter):
    supervisor = enter("supervisor of every")
    for path in (COURIERS, CONNECT, KEYS, f"{COURIERS}/easypost"):
        assert supervisor.get(path).status_code == 403
    assert "Keys" not in text(supervisor.get("/console/manage/people").text)


def test_in_a_real_browser(env, browser, play):
    two_depots.build(play)
    key = next(one.key for one in two_depots.callers() if one.role == "admin")
    with serving({**env, "PORT": str(free_port())}) as web:
        sign_in_with(browser, web, key, COURIERS)
        looked_at(browser, "accounts")
        browser.page.select_option("#courier", "dhl")
        browser.click("form .button.main")
        browser.until("document.querySelector('#header-1')")
        looked_at(browser, "connect")
        browser.click(".button.main")
        browser.until("document.querySelector('.once')")
        looked_at(browser, "account-made")
        browser.click(".button.main")
        browser.until("document.querySelector('[value=rules]')")
        looked_at(browser, "account")
        browser.open(f"{web}{KEYS}")
        browser.click("details.card > summary")
        browser.click("#name")
        browser.type("Warehouse")
        browser.page.select_option("#role", "admin")
        looked_at(browser, "keys")
        browser.click("[value=create]")
        browser.until("document.querySelector('.once')")
        assert browser.log == []

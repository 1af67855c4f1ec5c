from __future__ import annotations

from pathlib import Path

import phonenumbers

from app import clock
from app.access import keys
from app.channels import rules as channel_rules
from app.db.connection import connection, transaction
from app.directory.changes import ITSELF
from app.intake import accounts, samples
from app.intake.couriers import NAMES, _keys
from app.playground import demo
from app.setup import applying
from app.shipments.reachable import check_email, check_number
from tests.application import create_app
from tests.pages.reading import fingerprint


def test_there_is_an_account_of_every_courier(document):
    assert {a["courier"] for a in document["courier_accounts"]} == set(NAMES)
    for account in document["courier_accounts"]:
        assert account["secret"] or account["headers"], account["courier"]


def test_loading_again_changes_nothing(settings, document):
    before = fingerprint()
    assert demo.load(settings) == document
    assert fingerprint() == before


def test_it_is_what_its_set_up_file_says_with_every_account(settings, document):
    said = demo.set_up_file(settings)
    assert {one["courier"] for one in said.said["accounts"].values()} == set(NAMES)
    with transaction() as conn:
        assert applying.apply(conn, said, ITSELF, clock.now()).changes == []


def test_what_couriers_sign_with_is_drawn_for_each_demo_and_seen_by_its_owner_alone(
    settings, document
):
    secrets = {one["slug"]: one["secret"] for one in document["courier_accounts"]}
    folder = settings.home / "demo"
    assert (folder / "onfleet.secret").read_text() == secrets["onfleet"]
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    said = Path(demo.__file__).with_name("demo.toml").read_text()
    assert not [one for one in secrets.values() if one and one in said]


def test_what_a_visitor_changed_stays_and_a_courier_that_is_new_is_connected(settings, document):
    connection().execute("UPDATE depots SET name = 'Mine'")
    connection().execute("DELETE FROM courier_accounts WHERE slug = 'ups'")
    assert demo.load(settings)["courier_accounts"] == document["courier_accounts"]
    assert connection().execute("SELECT name FROM depots").fetchall() == [{"name": "Mine"}]


def test_new_keys_are_made_when_the_old_ones_are_lost(settings, document):
    (settings.home / "demo.json").write_text("{")
    again = demo.load(settings)["api_keys"]
    assert again != document["api_keys"]
    for role, key in again.items():
        caller = keys.find(connection(), key)
        assert caller
        assert caller.role == role


def test_everybody_can_be_reached(document):
    people = connection().execute("SELECT phone, email FROM people").fetchall()
    assert len(people) == len(demo.PEOPLE)
    for person in people:
        assert check_number(person["phone"], "US").fault is None
        assert check_email(person["email"])
        assert phonenumbers.is_valid_number(phonenumbers.parse(person["phone"]))
        assert channel_rules.normal("email", person["email"]).endswith("@example.com")


def test_every_account_takes_its_own_sample(settings, document, monkeypatch):
    client = create_app(settings).test_client()
    served = client.get("/playground/keys/shipengine").get_json()["keys"]
    keys_served = dict(filter(None, map(_keys._key, served)))
    monkeypatch.setattr(_keys, "_fetch", lambda _address: keys_served)
    for courier in NAMES:
        account = accounts.find(courier.replace("_", "-"))
        assert account
        raw, headers = samples.failure(account, clock.machine_now(), shipment="RK0000001")
        answer = client.post(f"/webhooks/{account.slug}", data=raw, headers=headers)
        assert (answer.status_code, answer.get_json()["status"]) == (200, "accepted"), courier

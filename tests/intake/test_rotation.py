"""A new secret without losing a message, and without trusting the old one for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app import clock
from app.access import secret, vault
from app.cli import doctor
from app.db.connection import connection, transaction
from app.directory import rotation, service
from app.errors import Problem
from app.intake import accounts, samples
from app.intake.event import Account
from app.settings import Settings
from tests import seed
from tests.application import create_app
from tests.intake.commands import Run, reknock

__all__ = ["reknock"]

OLD, NEW, NEWER = "00" * 32, "11" * 32, "22" * 32
HOUR = timedelta(hours=1)


@pytest.fixture
def client(settings: Settings) -> FlaskClient:
    """What posts to a world with an Onfleet account and one whose sender signs nothing."""
    app = create_app(settings)
    world = seed.world(clock.now(), couriers={"onfleet": OLD})
    with transaction() as conn:
        service.add_account(
            conn,
            slug="dhl",
            courier="dhl",
            shipper_id=world.shipper_id,
            depot_id=world.depot_id,
            secrets=[],
            headers={"authorization": "old"},
            config={},
            timezone="UTC",
            now=clock.now(),
        )
    accounts.forget()
    return app.test_client()


def rotate(text: str, keep: timedelta = HOUR) -> None:
    with transaction() as conn:
        rotation.rotate_secret(conn, "onfleet", text, keep, clock.now())
    accounts.forget()


def account(slug: str = "onfleet") -> Account:
    found = accounts.find(slug)
    assert found is not None
    return found


def post(client: FlaskClient, *secrets: str, parcel: str = "p") -> int:
    """The status of a failure signed with this secret."""
    signer = Account(0, "onfleet", "onfleet", 0, 0, secrets, {}, {}, "UTC")
    raw, headers = samples.failure(signer, clock.machine_now(), shipment=parcel)
    return client.post("/webhooks/onfleet", data=raw, headers=headers).status_code


def test_both_are_valid_until_the_former_drops_out_by_itself(client):
    assert post(client, OLD) == 200
    rotate(NEW)
    assert (post(client, NEW), post(client, OLD)) == (200, 200)
    assert account().secrets == (NEW, OLD)
    clock.advance(timedelta(minutes=59))
    assert post(client, OLD) == 200
    clock.advance(timedelta(minutes=1))  # a remembered account notices at once
    assert (post(client, NEW), post(client, OLD)) == (200, 401)
    assert account().secrets == (NEW,)


def test_running_it_again_changes_nothing(client):
    rotate(NEW)
    clock.advance(timedelta(minutes=30))
    rotate(NEW)
    assert account().secrets == (NEW, OLD)
    clock.advance(timedelta(minutes=31))
    assert account().secrets == (NEW,)
    rotate(NEW)
    kept = connection().execute("SELECT count(*) FROM former_credentials").fetchone()
    assert kept == {"count": 0}  # what has ended is not kept


def test_a_shorter_time_counts_and_a_longer_does_not(client):
    rotate(NEW)
    rotate(NEW, keep=timedelta(days=7))
    clock.advance(HOUR)
    assert account().secrets == (NEW,)
    rotate(NEWER)
    rotate(NEWER, keep=timedelta())
    assert account().secrets == (NEWER,)


def test_three_in_a_row_and_back_to_the_first(client):
    rotate(NEW, keep=timedelta(hours=3))
    rotate(NEWER)
    assert account().secrets == (NEWER, NEW, OLD)
    rotate(OLD)
    assert account().secrets == (OLD, NEWER, NEW)
    clock.advance(timedelta(days=1))
    assert account().secrets == (OLD,)


def test_setting_an_account_up_again_ends_what_was_former(client):
    rotate(NEW)
    with transaction() as conn:
        row = conn.execute(
            "SELECT shipper_id, depot_id FROM courier_accounts WHERE slug = 'onfleet'"
        ).fetchone()
        assert row is not None
        service.add_account(
            conn,
            slug="onfleet",
            courier="onfleet",
            shipper_id=row["shipper_id"],
            depot_id=row["depot_id"],
            secrets=[NEWER],
            headers={},
            config={},
            timezone="UTC",
            now=clock.now(),
        )
    accounts.forget()
    assert account().secrets == (NEWER,)


def test_secrets_are_never_stored_as_they_are(client):
    rotate(NEW)
    rows = connection().execute(
        """SELECT secrets::text AS t FROM courier_accounts
            UNION ALL SELECT sealed::text FROM former_credentials"""
    )
    stored = " ".join(row["t"] for row in rows)
    for text in (OLD, NEW):
        assert text not in stored
        assert text.encode().hex() not in stored


def test_static_headers_are_rotated_the_same_way(client, reknock: Run):
    def status(value: str) -> int:
        sender = Account(0, "dhl", "dhl", 0, 0, (), {"authorization": value}, {}, "UTC")
        raw, headers = samples.failure(sender, clock.machine_now(), shipment="d")
        answer: int = client.post("/webhooks/dhl", data=raw, headers=headers).status_code
        return answer

    assert (status("old"), status("new")) == (200, 401)
    reknock("courier", "rotate", "dhl", "--header", "Authorization: new", "--keep", "1h")
    assert (status("old"), status("new"), status("")) == (200, 200, 401)
    clock.advance(HOUR)
    assert (status("old"), status("new")) == (401, 200)


def test_the_command_and_the_list_say_until_when(client, reknock: Run):
    said = reknock("courier", "rotate", "onfleet", "--secret", NEW, "--keep", "30m").output
    assert "the former one until " in said
    listed = reknock("courier", "list").output.splitlines()
    assert all(" by depot " in line for line in listed)
    assert [line for line in listed if "former secret until" in line] == [
        line for line in listed if line.startswith("onfleet")
    ]
    clock.advance(timedelta(minutes=30))
    assert "former" not in reknock("courier", "list").output
    said = reknock("courier", "rotate", "onfleet", "--secret", NEWER, "--keep", "0").output
    assert "and no other" in said
    assert post(client, NEW) == 401


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nobody", "--secret", NEW], "There is no courier account"),
        (["onfleet"], "Give a --secret"),
        (["onfleet", "--secret", NEW, "--header", "a: b"], "Give a --secret"),
        (["onfleet", "--secret", "not hex"], "not in onfleet's form"),
        (["onfleet", "--secret", NEW, "--keep", "91d"], "at most 90 days"),
        (["dhl", "--secret", NEW], "does not sign with a secret"),
        (["dhl", "--header", "x-other: a"], "agreed on no header 'x-other'"),
        (["dhl", "--header", "authorization"], "is not 'Name: value'"),
    ],
)
def test_what_cannot_be_rotated_is_refused(client, reknock: Run, words, said):
    result = reknock("courier", "rotate", *words, exits=1)
    assert said in result.stderr
    assert account().secrets == (OLD,)


@pytest.mark.parametrize("keep", ["soon", "-1h", "7", "1w", "99999999d"])
def test_a_duration_has_a_number_and_a_unit(client, reknock: Run, keep):
    words = ["courier", "rotate", "onfleet", "--secret", NEW, f"--keep={keep}"]
    assert "is no duration" in reknock(*words, exits=2).stderr


def test_an_account_that_is_not_there_cannot_be_rotated(client):
    with pytest.raises(Problem), transaction() as conn:
        rotation.rotate_secret(conn, "nobody", NEW, HOUR, clock.now())


def test_another_secret_key_is_said_clearly_and_loses_nothing(
    client, settings, reknock, monkeypatch
):
    secret.configure("quite another secret key")
    accounts.forget()
    raw, headers = samples.failure(
        Account(0, "o", "onfleet", 0, 0, (OLD,), {}, {}, "UTC"), clock.machine_now()
    )
    answer = client.post("/webhooks/onfleet", data=raw, headers=headers)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.get_json(force=True)["code"] == "vault_locked"
    assert client.get("/webhooks/onfleet?check=1").status_code == 503
    findings = list(doctor.couriers(settings))
    assert [finding.level for finding in findings] == ["fail", "fail"]
    assert findings[1].text.startswith("onfleet is told to come again: SECRET_KEY is not the one")
    with pytest.raises(vault.VaultLocked):
        accounts.find("onfleet")
    monkeypatch.setenv("SECRET_KEY", "quite another secret key")
    said = reknock("courier", "send-sample", "onfleet", exits=1).stderr
    assert "SECRET_KEY is not the one" in said
    secret.configure(settings.secret_key)
    assert [finding.level for finding in doctor.couriers(settings)] == ["ok"]
    assert client.post("/webhooks/onfleet", data=raw, headers=headers).status_code == 200

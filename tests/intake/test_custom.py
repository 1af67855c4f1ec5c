"""A courier without code, connected, tried, posted to, mapped anew: by commands and by webhooks."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app import clock
from app.cases import service as cases
from app.cli import doctor
from app.db.connection import connection, transaction
from app.directory import service as directory
from app.intake import accounts, couriers, quarantine_store, samples
from app.intake.event import Account
from app.intake.mapping import EXAMPLE
from app.settings import Settings
from tests.application import create_app
from tests.intake.commands import Run, reknock

__all__ = ["reknock"]

SECRET = "between us"
_SENDER = Account(0, "c", "custom", 0, 0, ("x",), {}, EXAMPLE, "UTC")
BODY = json.loads(samples.failure(_SENDER, clock.now())[0])


@pytest.fixture(autouse=True)
def _of_today() -> None:
    """The body is of the day on which a test plays: old news opens nothing."""
    BODY.update(json.loads(samples.failure(_SENDER, clock.now())[0]))


@pytest.fixture
def client(settings: Settings) -> FlaskClient:
    return create_app(settings).test_client()


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """A mapping and a body, as files."""
    made = {"mapping": EXAMPLE, "sample": BODY}
    for name, document in made.items():
        (tmp_path / name).write_text(json.dumps(document))
    return {name: str(tmp_path / name) for name in made}


@pytest.fixture
def thames(reknock: Run, files) -> Account:
    """The account, connected by the command."""
    words = ["--courier", "custom", "--slug", "thames", "--secret", SECRET]
    words += ["--mapping", files["mapping"], "--catch-all", "ops@example.com", "--country", "GB"]
    said = reknock("courier", "add", *words)
    assert said.stdout == "http://localhost:8000/webhooks/thames\n"
    return found()


def found() -> Account:
    accounts.forget()
    account = accounts.find("thames")
    assert account is not None
    return account


def changed(**places: Any) -> dict[str, Any]:
    body: dict[str, Any] = copy.deepcopy(BODY)
    for name, value in places.items():
        body["parcel"][name] = value
    return body


def post(
    client: FlaskClient, account: Account, body: Any, **extra: str
) -> tuple[int, dict[str, Any]]:
    raw = json.dumps(body).encode()
    headers = couriers.adapter("custom").sign(account, raw, clock.machine_now())
    answer = client.post("/webhooks/thames", data=raw, headers=headers | extra)
    told: dict[str, Any] = answer.get_json(force=True)
    return answer.status_code, told


def test_a_failure_opens_a_case(client, thames):
    status, answer = post(client, thames, BODY)
    assert (status, answer["status"]) == (200, "accepted")
    case = cases.by_ids(connection(), [answer["case_id"]])[answer["case_id"]]
    assert (case.kind, case.reason, case.parcel.order_ref) == (
        "failed",
        "recipient_unavailable",
        "ORD-1017",
    )
    assert post(client, thames, BODY)[1]["status"] == "duplicate"


def test_others_are_not_believed(client, thames):
    raw = json.dumps(BODY).encode()
    assert client.post("/webhooks/thames", data=raw).status_code == 401
    other = Account(0, "c", "custom", 0, 0, ("guess",), {}, EXAMPLE, "UTC")
    assert post(client, other, BODY)[0] == 401


def test_what_the_mapping_cannot_read_waits_for_a_better_one(
    client, thames, reknock: Run, tmp_path
):
    odd = changed(barcode=None, number="TP1")
    status, answer = post(client, thames, odd)
    assert (status, answer["status"]) == (200, "quarantined")
    assert "parcel.barcode" in reknock("quarantine", "list", "--account", "thames").stdout
    better = copy.deepcopy(EXAMPLE)
    better["fields"]["tracking_number"] = ["parcel.barcode", "parcel.number"]
    (tmp_path / "better").write_text(json.dumps(better))
    said = reknock("courier", "map", "thames", "--mapping", str(tmp_path / "better")).stdout
    assert "1 in quarantine: reknock quarantine replay --all --account thames" in said
    said = reknock("quarantine", "replay", "--all", "--account", "thames").stdout
    assert said == "1 accepted; 0 still unreadable.\n"
    assert post(client, found(), odd)[1]["status"] == "duplicate"


def test_a_body_that_came_again_after_the_mapping_was_mended_is_not_taken_twice(
    client, thames, reknock: Run, tmp_path
):
    keyless = copy.deepcopy(EXAMPLE) | {"each": "parcels"}
    del keyless["key"]
    keyless["only"] = {"from": "$.topic", "values": ["parcel"]}
    (tmp_path / "wrong").write_text(json.dumps(keyless))
    reknock("courier", "map", "thames", "--mapping", str(tmp_path / "wrong"))
    assert post(client, found(), BODY)[1]["status"] == "quarantined"
    del keyless["each"]
    (tmp_path / "right").write_text(json.dumps(keyless))
    reknock("courier", "map", "thames", "--mapping", str(tmp_path / "right"))
    _, again = post(client, found(), BODY)
    assert again["status"] == "accepted"  # the courier's own retry was first
    said = reknock("quarantine", "replay", "--all").stdout
    assert said.startswith("1 duplicate; 0 still")


def test_headers_that_the_mapping_reads_are_there_for_the_replay(
    client, thames, reknock: Run, tmp_path
):
    mapped = copy.deepcopy(EXAMPLE) | {"key": "header:X-Thames-Id"}
    (tmp_path / "mapping").write_text(json.dumps(mapped))
    reknock("courier", "map", "thames", "--mapping", str(tmp_path / "mapping"))
    _, answer = post(
        client, found(), changed(barcode=""), **{"X-Thames-Id": "ev-7", "X-Private": "p"}
    )
    row = quarantine_store.event(connection(), answer["event_id"])
    assert row is not None
    assert row["headers"] == {"x-thames-id": "ev-7"}
    assert "x-thames-id: ev-7" in reknock("quarantine", "show", str(row["id"])).stderr


def test_a_mapping_that_can_no_longer_be_used_turns_nobody_away_for_good(client, thames, settings):
    with transaction() as conn:
        directory.set_config(conn, "thames", EXAMPLE | {"from_an_older_time": True})
    accounts.forget()
    status, answer = post(client, thames, BODY)
    assert (status, answer["code"]) == (503, "bad_mapping")
    [finding] = doctor.couriers(settings)
    assert (finding.level, finding.text[:6]) == ("fail", "thames")


def test_the_sample_is_posted_by_command_only_for_the_demos_mapping(thames):
    raw, headers = samples.failure(thames, clock.machine_now(), shipment="x1")
    assert b'"barcode": "x1"' in raw
    assert headers["x-thames-signature"].startswith("sha256=")


def test_the_mapping_can_be_printed_and_given_back(thames, reknock: Run, tmp_path):
    printed = reknock("courier", "map", "thames").stdout
    assert json.loads(printed) == EXAMPLE
    (tmp_path / "same").write_text(printed)
    said = reknock("courier", "map", "thames", "--mapping", str(tmp_path / "same")).stdout
    assert said == "The new mapping of thames is in use within 5 seconds.\n"


def test_try_needs_nothing_that_runs(reknock: Run, files, monkeypatch):
    for name in ("DATABASE_URL", "REKNOCK_HOME"):
        monkeypatch.delenv(name)
    words = ["--mapping", files["mapping"], "--sample", files["sample"]]
    said = reknock("courier", "try", *words).stdout
    assert said.startswith("Would be accepted. It opens a case (failed)")
    assert "Signature: not checked" in said
    assert "scans[latest:at].code: CARDED → recipient_unavailable" in said
    assert "occurred_at      2026-03-02T14:04:30+00:00" in said
    assert "scans[latest:at].at: 02/03/2026 14:04:30" in said
    assert "Not mapped: line2, region" in said


def test_try_checks_the_signature_when_it_is_given(reknock: Run, thames, files):
    raw = Path(files["sample"]).read_bytes()
    [(name, value)] = couriers.adapter("custom").sign(thames, raw, clock.machine_now()).items()
    words = ["courier", "try", "--sample", files["sample"], "--header", f"{name}: {value}"]
    said = reknock(*words, "--mapping", files["mapping"], "--secret", SECRET).stdout
    assert "Signature: genuine" in said
    assert "Signature: genuine" in reknock(*words, "thames").stdout
    said = reknock(*words, "thames", "--secret", "another", exits=1).stdout
    assert said.startswith("Would be refused.")
    assert "wrong_signature" in said


def test_try_shows_what_is_missing_and_fails(reknock: Run, thames, tmp_path):
    odd = json.dumps(changed(barcode=None))
    said = reknock("courier", "try", "thames", "--sample", "-", reads=odd, exits=1).stdout
    assert said.startswith("Would be quarantined.")
    assert "tracking_number  –" in said
    assert "nothing at parcel.barcode" in said


def test_try_works_for_couriers_with_code(client, reknock: Run):
    words = ["--courier", "dhl", "--slug", "dhl", "--header", "Authorization: t"]
    reknock("courier", "add", *words, "--catch-all", "ops@example.com")
    raw, _ = samples.failure(Account(0, "d", "dhl", 0, 0, (), {}, {}, "UTC"), clock.now())
    said = reknock("courier", "try", "dhl", "--sample", "-", reads=raw).stdout
    assert "reason           recipient_unavailable" in said
    wrong = reknock("courier", "map", "dhl", exits=1).stderr
    assert "read by code (dhl)" in wrong


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("{}", "signature: This is needed. [missing]"),
        (json.dumps(EXAMPLE | {"key": "a..b"}), "key: 'a..b' cannot be read"),
    ],
)
def test_a_mapping_that_cannot_be_used_is_refused_with_every_fault(
    reknock: Run, thames, tmp_path, text, said
):
    (tmp_path / "bad").write_text(text)
    words = ["thames", "--mapping", str(tmp_path / "bad")]
    assert said in reknock("courier", "map", *words, exits=1).stderr
    assert found().config == EXAMPLE


def test_an_account_is_not_made_with_what_cannot_work(reknock: Run, files, tmp_path):
    def add(*words: str) -> str:
        common = ["--slug", "x", "--catch-all", "ops@example.com"]
        return reknock("courier", "add", *common, *words, exits=1).stderr

    hexed = copy.deepcopy(EXAMPLE)
    hexed["signature"]["secret_form"] = "hex"
    (tmp_path / "hexed").write_text(json.dumps(hexed))
    assert "needs it" in add("--courier", "custom", "--secret", "s")
    assert "needs it" in add("--courier", "dhl", "--mapping", files["mapping"])
    assert "secret: Without a" in add("--courier", "custom", "--mapping", files["mapping"])
    words = ["--courier", "custom", "--mapping", str(tmp_path / "hexed")]
    assert "must be written in hex" in add(*words, "--secret", "no hex")
    assert "jwks_url" in add("--courier", "shipengine")
    assert "NAME=VALUE" in add("--courier", "shippo", "--secret", "s", "--config", "mode")
    reknock(
        *("courier", "add", "--slug", "se", "--courier", "shipengine"),
        *("--config", "jwks_url=https://keys.example.com/jwks", "--catch-all", "ops@example.com"),
    )
    account = accounts.find("se")
    assert account is not None
    assert account.config == {"jwks_url": "https://keys.example.com/jwks"}


SAME_KEY = EXAMPLE | {"key": "topic"}


def test_a_key_that_two_samples_share_is_refused_when_it_is_tried(reknock: Run, files, tmp_path):
    (tmp_path / "same").write_text(json.dumps(SAME_KEY))
    (tmp_path / "other").write_text(json.dumps(changed(id="tp-2", barcode="TX-OTHER")))
    words = ["courier", "try", "--mapping", str(tmp_path / "same"), "--sample", files["sample"]]
    assert reknock(*words, "--sample", files["sample"]).stdout.startswith("Would be accepted.")
    refused = reknock(*words, "--sample", str(tmp_path / "other"), exits=1)
    assert "have the same key" in refused.stderr


def test_a_key_that_what_came_shares_is_refused_when_it_is_set(
    client, reknock: Run, thames, files, tmp_path
):
    (tmp_path / "same").write_text(json.dumps(SAME_KEY))
    assert post(client, thames, BODY)[1]["status"] == "accepted"
    words = ["courier", "map", "thames", "--mapping", str(tmp_path / "same")]
    reknock(*words)
    reknock("courier", "map", "thames", "--mapping", files["mapping"])
    other = changed(id="tp-2", barcode="TX-OTHER")
    assert post(client, found(), other)[1]["status"] == "accepted"
    assert "have the same key" in reknock(*words, exits=1).stderr
    assert found().config == EXAMPLE

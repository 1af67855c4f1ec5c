"""`reknock intake import`: missed events are taken as webhooks are, and orders as by the API."""

from __future__ import annotations

import csv
import json
from datetime import timedelta

import pytest
from click.testing import CliRunner

from app import clock
from app.cli import environment, main
from app.cli import intake as cli
from app.db.connection import connection
from app.intake import backfill
from tests import courier
from tests.inline import settle

COLUMNS = ["Type", "tracking_number", "order_ref", "reason", "attempt", "name", "phone", "country"]


@pytest.fixture
def reknock(play, env, monkeypatch):
    """Run the command line on this test's copy."""
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(environment, "read", lambda: env)

    def run(*words):
        return CliRunner().invoke(main, [str(word) for word in words])

    return run


@pytest.fixture
def take(reknock, tmp_path):
    """Import these bytes for the account of Standard Webhooks."""

    def run(body, *words, name="missed.ndjson", account="standard-webhooks"):
        path = tmp_path / name
        path.write_bytes(body)
        return reknock("intake", "import", path, "--account", account, *words)

    return run


def events():
    return connection().execute("SELECT * FROM courier_events ORDER BY id").fetchall()


def cases():
    return connection().execute("SELECT * FROM cases ORDER BY id").fetchall()


def test_lines_are_taken_once_however_often_they_are_imported(take):
    body = b"\n".join([courier.said("failed", "P1"), b"", courier.said("warning", "P2")])
    first = take(body)
    assert first.exit_code == 0
    assert first.stdout == "1 accepted, 0 duplicate, 1 ignored, 0 quarantined, 0 unreadable\n"
    assert "taking events: 2 of 2" in first.stderr
    again = take(body)
    assert again.stdout == "0 accepted, 2 duplicate, 0 ignored, 0 quarantined, 0 unreadable\n"
    assert again.exit_code == 0
    assert len(cases()) == 1
    assert {row["request_id"][:7] for row in events()} == {backfill.MARK}


def test_what_came_by_webhook_with_the_same_key_is_a_duplicate(take, play, tmp_path):
    raw = courier.said("failed", "P1")
    play.hear(raw)
    key = courier.signed(play.world.accounts["standard_webhooks"], raw)["webhook-id"]
    table = tmp_path / "t.csv"
    with table.open("w", newline="") as file:
        csv.writer(file).writerows([["Body", "webhook-id"], [raw.decode(), key]])
    got = take(table.read_bytes(), name="missed.csv")
    assert got.stdout.startswith("0 accepted, 1 duplicate")


def test_no_delivered_parcel_opens_a_case(take):
    body = b"\n".join(courier.said(kind, "P1") for kind in ("failed", "delivered", "failed"))
    got = take(body)
    assert got.exit_code == 0
    assert "accepted" in got.stdout
    assert cases() == []


def test_what_cannot_be_read_is_said_and_kept_where_it_is_authentic(take):
    body = b'{"oops\n' + courier.said("failed", "P1") + b'\n{"type": "delivery.failed"}\n'
    got = take(body)
    assert got.exit_code == 1
    assert got.stdout == "1 accepted, 0 duplicate, 0 ignored, 1 quarantined, 1 unreadable\n"
    assert "missed.ndjson:1: this is not JSON" in got.stderr
    assert "reknock quarantine list" in got.stderr
    assert len(cases()) == 1
    long = json.dumps({"x": "y" * backfill.LIMIT}).encode()
    assert "1 unreadable" in take(long).stdout


def test_a_table_of_fields_becomes_standard_webhooks(take):
    rows = [
        COLUMNS,
        ["failed", "P1", "ORD-1", "recipient_unavailable", "2", "Ánh, jr.", "+17145554231", "US"],
        ["delivery.delivered", "P2", "", "", "", "", "", ""],
        ["", "", "", "", "", "", "", ""],
    ]
    text = "\ufeff" + "\r\n".join(",".join(f'"{cell}"' for cell in row) for row in rows)
    got = take(text.encode(), "--format", "csv", name="export.txt")
    assert got.exit_code == 0
    assert got.stdout.startswith("2 accepted")
    assert take(text.encode(), name="export.csv").stdout.startswith("0 accepted, 2 duplicate")
    row = (
        connection()
        .execute(
            "SELECT courier_name, courier_phone, order_ref, attempts FROM shipments"
            " WHERE tracking_number = 'P1'"
        )
        .fetchone()
    )
    assert row == {
        "courier_name": "Ánh, jr.",
        "courier_phone": "+17145554231",
        "order_ref": "ORD-1",
        "attempts": 2,
    }


@pytest.mark.parametrize(
    ("body", "account", "said"),
    [
        (b"type,reason\nfailed,x\n", "standard-webhooks", "the column tracking_number is missing"),
        (b"", "standard-webhooks", "the column type and tracking_number is missing"),
        (b"type,tracking_number\nfailed,P1\n", "onfleet", "needs a column `body`"),
        (b"type,tracking_number\nfailed,\xff\n", "standard-webhooks", "codec can't decode"),
        (b"type,tracking_number\nfailed,P1\n", "nobody", "There is no courier account 'nobody'"),
    ],
)
def test_a_file_that_is_something_else_is_refused(take, body, account, said):
    got = take(body, name="x.csv", account=account)
    assert got.exit_code == 1
    assert said in got.stderr
    assert events() == []


def test_it_can_be_stopped_and_goes_on_where_it_was(take, monkeypatch):
    real = backfill.take
    left = [2]

    def interrupted(*args):
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        return real(*args)

    body = b"\n".join(courier.said("failed", f"P{n}") for n in range(5))
    monkeypatch.setattr(backfill, "take", interrupted)
    stopped = take(body)
    assert stopped.exit_code == 130
    assert stopped.stdout.startswith("2 accepted")
    assert "Run it again" in stopped.stderr
    monkeypatch.undo()


def test_what_was_stopped_goes_on(take):
    body = b"\n".join(courier.said("failed", f"P{n}", at=clock.now()) for n in range(5))
    take(body[: body.index(b"\n")])
    assert take(body).stdout.startswith("4 accepted, 1 duplicate")


def test_progress_is_shown_on_a_terminal(monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setattr(cli, "_OFTEN", 0)
    with cli.progress("taking events", of=3) as shown:
        for count in (1, 2, 3):
            shown(count)
    assert "\rtaking events: 2 of 3" in capsys.readouterr().err


def test_how_a_shippers_orders_are_taken_is_set_and_shown(reknock):
    assert reknock("intake", "shipper", "oak").stdout == (
        "holds a batch with over 30% invalid numbers\nasks nowhere\n"
    )
    url = "https://shop.example.com/c/{order_ref}"
    words = ("--lookup-url", url, "--lookup-token", "s", "--hold-share", "0.5")
    assert reknock("intake", "shipper", "oak", *words).stdout == (
        f"holds a batch with over 50% invalid numbers\nasks {url} with a token\n"
    )
    assert "asks nowhere" in reknock("intake", "shipper", "oak", "--no-lookup").stdout
    refusals: list[tuple[str, ...]] = [
        ("oak", "--lookup-url", "ftp://x/{order_ref}"),
        ("oak", "--lookup-token", "s"),
        ("oak", "--lookup-url", url, "--no-lookup"),
        ("nobody",),
    ]
    for given in refusals:
        refused = reknock("intake", "shipper", *given)
        assert refused.exit_code == 1
        assert refused.stderr.startswith("Error: ")


def test_every_command_of_intake_has_an_example(reknock):
    for words in (
        ("batches",),
        ("batches", "list"),
        ("batches", "release"),
        ("batches", "discard"),
        ("shipper",),
        ("import",),
    ):
        answer = reknock("intake", *words, "--help")
        assert answer.exit_code == 0
        assert "Example: reknock intake" in answer.output


def test_what_is_taken_in_late_and_is_old_calls_nobody(take, play):
    long_ago = clock.now() - timedelta(days=100)
    lines = [courier.said(parcel="OLD", at=long_ago), courier.said(parcel="NEW")]
    assert take(b"\n".join(lines)).exit_code == 0
    settle()
    old, new = (play.case(row["id"]) for row in cases())
    assert (old.aside, new.aside) == (True, False)
    assert (play.messages(old.id), bool(play.messages(new.id))) == ([], True)

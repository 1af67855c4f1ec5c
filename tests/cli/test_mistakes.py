"""What can never work is refused when it is given, in one line that says what to write instead."""

from __future__ import annotations

from datetime import timedelta

import pytest
from click.testing import CliRunner

from app import clock
from app.cli import main
from app.db.connection import connection, transaction
from app.directory.changes import TERMINAL
from app.managing import accounts
from tests.intake.commands import Run, reknock
from tests.play import Play, play

__all__ = ["play", "reknock"]

COURIER = ("courier", "add", "--courier", "onfleet", "--slug", "city", "--secret", "0a1b2c")
GOOD = ("--catch-all", "ops@example.com")


@pytest.mark.parametrize(
    ("words", "exits", "said"),
    [
        ([*GOOD, "--timezone", "Mars/Olympus"], 1, "like Europe/Berlin"),
        ([*GOOD, "--timezone", "America"], 1, "like Europe/Berlin"),
        (["--catch-all", "notmail"], 2, "'notmail' is no e-mail address"),
        ([*GOOD, "--shipper-email", "nomail"], 2, "'nomail' is no e-mail address"),
        ([*GOOD, "--country", "ZZ"], 2, "'ZZ' is no country"),
        ([*GOOD, "--slug", "My City/../x"], 1, "lower-case letters"),
    ],
)
def test_a_courier_that_could_never_work_is_not_added(reknock: Run, words, exits, said):
    assert said in reknock(*COURIER, *words, exits=exits).stderr
    for table in ("courier_accounts", "shippers", "depots", "people"):
        assert connection().execute(f"SELECT * FROM {table}").fetchall() == []


def test_a_country_is_kept_in_capitals_and_an_address_as_it_is_written_to(reknock: Run):
    reknock(*COURIER, "--country", "de", "--catch-all", " ops@Example.COM ")
    assert connection().execute("SELECT country FROM depots").fetchall() == [{"country": "DE"}]
    assert connection().execute("SELECT email FROM people").fetchall() == [
        {"email": "ops@example.com"}
    ]


def _city() -> dict[str, object]:
    """The account as it is kept, with its shipper's and depot's slugs."""
    rows = connection().execute(
        """SELECT a.*, s.slug AS shipper, d.slug AS depot FROM courier_accounts a
             JOIN shippers s ON s.id = a.shipper_id JOIN depots d ON d.id = a.depot_id"""
    )
    return rows.fetchall()[0]


def test_what_is_not_given_again_stays_as_it_is(reknock: Run):
    first = ("--shipper", "oak", "--depot", "anaheim", "--timezone", "Europe/Berlin")
    reknock(*COURIER, *first, "--config", "team=a", *GOOD)
    before = _city()
    again = ("courier", "add", "--courier", "onfleet", "--slug", "city")
    reknock(*again)
    assert _city() == before
    reknock(*again, "--timezone", "Europe/Paris")
    assert _city() == before | {"timezone": "Europe/Paris"}
    reknock(*again, "--secret", "0d0e0f")
    after = _city()
    assert after["secrets"] != before["secrets"]
    assert after | {"secrets": 0, "headers": 0} == before | {
        "secrets": 0,
        "headers": 0,
        "timezone": "Europe/Paris",
    }


def test_an_account_stays_with_its_courier(reknock: Run):
    reknock(*COURIER, *GOOD)
    words = ("courier", "add", "--courier", "easypost", "--slug", "city", "--secret", "s")
    assert "city is an account of onfleet" in reknock(*words, exits=1).stderr
    assert _city()["courier"] == "onfleet"


def test_what_is_made_for_a_courier_is_remembered_and_its_test_events_stay_as_they_are(
    reknock: Run,
):
    reknock(*COURIER, *GOOD)
    rows = connection().execute("SELECT kind, by FROM setup_changes").fetchall()
    assert {row["by"] for row in rows} == {TERMINAL.name}
    assert {row["kind"] for row in rows} == {"shipper", "person", "depot", "window", "account"}
    with transaction() as conn:
        accounts.set_test_events(conn, TERMINAL, "city", clock.now(), on=True)
    reknock(*COURIER, "--config", "team=a")
    assert _city()["config"] == {"accept_test": True, "team": "a"}


@pytest.mark.parametrize("minutes", ["-5", "0", "99999999999999"])
def test_somebody_needs_a_minute_to_answer(reknock: Run, minutes):
    words = ("--email", "ana@example.com", "--depot", "main", "--level", "1", "--wait", minutes)
    assert "--wait" in reknock("user", "add", "--name", "Ana", *words, exits=2).stderr


def test_nobody_is_added_twice(reknock: Run):
    words = ("user", "add", "--name", "Ana", "--email", "ana@example.com")
    reknock(*words)
    assert "Somebody has the address ana@example.com already" in reknock(*words, exits=1).stderr


@pytest.mark.parametrize("number", ["77", "99999999999999999999"])
def test_what_is_not_there_is_said_without_a_traceback(reknock: Run, number):
    assert reknock("quarantine", "replay", number, exits=1).stderr.startswith("Error: ")


def test_a_home_that_cannot_be_made_is_said(monkeypatch):
    monkeypatch.setenv("REKNOCK_HOME", "/proc/x")
    refused = CliRunner().invoke(main, ["up"])
    assert refused.exit_code == 1
    assert refused.stderr == "Error: /proc/x: No such file or directory.\n"


def test_the_audit_names_a_step_that_fails_again_and_again(play: Play, reknock: Run):
    case_id = play.courier()
    assert "Every open case has its next step" in reknock("audit").stdout
    for tries, exits in ((2, 0), (3, 1)):
        connection().execute(
            """UPDATE step_runs SET tries = %s, last_error = 'ZoneInfoNotFoundError: Mars',
                      due_at = %s, lease_until = %s WHERE case_of_step(id) = %s""",
            [tries, clock.now(), clock.now() + timedelta(minutes=4), case_id],
        )
        said = reknock("audit", exits=exits).stdout
    assert f"case {case_id}: " in said
    assert "tried 3 times: ZoneInfoNotFoundError: Mars" in said


@pytest.mark.parametrize("name", ["clock", "sender"])
def test_a_process_without_a_copy_to_join_says_so(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REKNOCK_HOME", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    done = CliRunner().invoke(main, [name])
    assert done.exit_code == 1
    assert "Nothing is running under" in done.output

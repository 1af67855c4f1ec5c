"""One file makes a whole set-up, changes nothing the second time, and is written out as such."""

from __future__ import annotations

import re
from pathlib import Path

import orjson
import pytest

from app.access import vault
from app.chain.standard import STANDARD
from app.db.connection import connection
from app.directory import store as directory
from app.intake import accounts
from tests.setup.conftest import SECRET, SHOP, SIGNS, SLACK, Terminal


def counts() -> dict[str, int]:
    tables = ("shippers", "people", "depots", "rotas", "courier_accounts", "setup_changes")
    rows = {t: connection().execute(f"SELECT count(*) AS n FROM {t}").fetchone() for t in tables}
    return {table: row["n"] if row else 0 for table, row in rows.items()}


def test_a_plan_says_everything_and_does_nothing(terminal: Terminal) -> None:
    said = terminal.run("plan", text=SHOP).output
    for line in (
        "+ shipper Hollow Oak Books",
        "+ template failure, whatsapp, de, twilio",
        "+ person Ana Reyes",
        "    sees: anaheim",
        "+ depot Anaheim depot",
        "+ window Monday 08:00–11:00, Anaheim depot",
        "+ rota ",
        "+ account city",
        "    secret: kept secret",
        "would be added, ",
    ):
        assert line in said
    assert SECRET not in said
    assert set(counts().values()) == {0}


def test_what_is_applied_is_all_there_and_the_second_time_nothing_changes(
    terminal: Terminal,
) -> None:
    terminal.run("apply", text=SHOP)
    there = counts()
    assert terminal.run("apply").stdout.startswith("Everything is as the file says.")
    assert terminal.run("plan").stdout.startswith("Everything is as the file says.")
    assert counts() == there
    body = directory.shipper_policy(connection(), "hollow-oak") or {}
    assert (body["choose_within"], body["staff_read_names"]) == (3 * 3600, False)
    assert body["after"] == STANDARD["after"]
    account = accounts.find("city")
    assert account is not None
    assert account.secrets == (SECRET,)


def test_what_is_written_out_holds_no_secret_and_makes_the_same_elsewhere(
    terminal: Terminal,
) -> None:
    terminal.run("apply", text=SHOP)
    written = terminal.home / "written.toml"
    terminal.file = written
    terminal.run("export")
    text = written.read_text()
    assert SECRET not in text
    assert "c0ffee" not in text
    assert "t0ken" not in text
    assert "slack://" not in text
    assert terminal.run("plan").stdout.startswith("Everything is as the file says.")
    terminal.run("export", exits=1)
    terminal.run("export", "--force")
    assert written.read_text() == text


def test_written_out_and_applied_to_an_empty_database_it_is_written_out_the_same(
    terminal: Terminal,
) -> None:
    terminal.run("apply", text=SHOP)
    first = _written(terminal, "first")
    for name in re.findall(r'env = "(\w+)"', first["setup.toml"].decode()):
        terminal.env[name] = _signs(name)
    tables = [row["name"] for row in connection().execute(_TABLES)]
    connection().execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")
    accounts.forget()
    terminal.run("apply")
    assert terminal.run("plan").stdout.startswith("Everything is as the file says.")
    assert _written(terminal, "second") == first
    assert {"setup.toml", "anaheim.points.csv", "hollow-oak.logo.png"} == {*first}


def _signs(name: str) -> str:
    """What stands in the environment under a name that was written out."""
    return SIGNS if "WEBHOOK" in name or "SYSTEM" in name else SLACK if "CHAT" in name else SECRET


_TABLES = """SELECT table_name AS name FROM information_schema.tables
              WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
                AND table_name <> 'migrations'"""


def _written(terminal: Terminal, folder: str) -> dict[str, bytes]:
    """The whole set-up, written to a folder of its own."""
    terminal.file = terminal.home / folder / "setup.toml"
    terminal.file.parent.mkdir()
    terminal.run("export")
    return {path.name: path.read_bytes() for path in terminal.file.parent.iterdir()}


def test_what_signs_is_taken_from_the_environment_and_a_new_one_replaces_it(
    terminal: Terminal,
) -> None:
    terminal.run("apply", text=SHOP)
    (endpoint,) = connection().execute("SELECT id, secret FROM webhook_endpoints").fetchall()
    assert vault.unseal(endpoint["secret"]) == SIGNS
    terminal.env["OAK_WEBHOOK"] = other = SIGNS.replace("c3Nz", "dHR0")
    assert "secret: the former → changed" in terminal.run("apply").output
    (after,) = (
        connection().execute("SELECT secret, former_secret FROM webhook_endpoints").fetchall()
    )
    assert vault.unseal(after["secret"]) == other
    assert vault.unseal(after["former_secret"]) == SIGNS


def test_a_dispatch_system_without_a_secret_is_given_one_that_is_shown_once(
    terminal: Terminal,
) -> None:
    own = SHOP.replace(', secret = { env = "ANAHEIM_TMS" }', "").replace(
        'secret = { env = "OAK_WEBHOOK" }\n', ""
    )
    planned = terminal.run("plan", text=own).stdout
    assert "depots.anaheim.systems.0: its secret: would be made, and shown once" in planned
    assert "whsec_" not in planned
    said = terminal.run("apply").stdout
    assert {row["secret"] for row in _secrets()} == {*re.findall(r"whsec_\S+", said)}
    assert "shippers.hollow-oak.webhooks.0: its secret: whsec_" in said
    before = _secrets()
    assert "whsec_" not in terminal.run("apply").stdout
    assert _secrets() == before

    assert "http tms.example.com/calls" not in terminal.run("apply", text=SHOP).stdout
    assert {row["secret"] for row in _secrets()} == {SIGNS}
    terminal.env["ANAHEIM_TMS"] = "whsec_c2hvcnQ="
    refused = terminal.run("apply", exits=1).output
    assert "depots.anaheim.systems.0.secret: A secret is whsec_" in refused


def _secrets() -> list[dict[str, str]]:
    rows = connection().execute(
        """SELECT sealed, NULL AS secret FROM staff_endpoints WHERE channel = 'http'
            UNION ALL SELECT secret, '' FROM webhook_endpoints"""
    )
    texts = [(row["secret"] is None, vault.unseal(row["sealed"])) for row in rows]
    return [{"secret": orjson.loads(text)["secret"] if system else text} for system, text in texts]


def test_a_change_is_told_from_what_to_what_and_a_list_is_the_whole_list(
    terminal: Terminal,
) -> None:
    terminal.run("apply", text=SHOP)
    text = (
        SHOP.replace("1440 S Depot Way", "2 New Street")
        .replace("mon-fri", "mon-thu")
        .replace("parcels = 4", "parcels = 6")
        .replace('"3 h"\nstaff', '"5 h"\nstaff')
        .replace('name = "Ana Reyes"', 'name = "Ana Ruiz"')
    )
    found = orjson.loads(terminal.run("apply", "--json", text=text).stdout)
    changes = {(one["kind"], one["subject"]): one for one in found["changes"]}
    depot = changes["depot", "Anaheim depot"]
    assert depot["before"]["address"].startswith("1440")
    assert depot["after"]["address"].startswith("2 New Street")
    assert not changes["window", "Friday 08:00–11:00, Anaheim depot"]["after"]
    assert changes["window", "Monday 08:00–11:00, Anaheim depot"]["after"]["parcels"] == 6
    assert changes["person", "Ana Ruiz"]["before"] == {"name": "Ana Reyes"}
    assert ("policy", "Hollow Oak Books") in changes
    assert found["applied"]


def test_what_the_file_does_not_say_is_left_alone_and_named(terminal: Terminal) -> None:
    terminal.run("apply", text=SHOP)
    terminal.env.pop("CITY_SECRET")
    done = terminal.run("apply")
    assert "CITY_SECRET in the environment: what is stored stays as it is" in done.output
    account = accounts.find("city")
    assert account is not None
    assert account.secrets == (SECRET,)
    only = SHOP[: SHOP.index("[accounts.city]")]
    assert "Not in the file, left as it is: account city." in terminal.run("plan", text=only).output


def test_what_a_courier_s_config_keeps_secret_is_given_and_written_out_by_its_place(
    terminal: Terminal,
) -> None:
    shippo = SHOP.replace('courier = "onfleet"', 'courier = "shippo"').replace(
        "rules = { attempts = 3 }",
        'config = { mode = "test", token = { env = "CITY_TOKEN" } }\ntest_events = true',
    )
    refused = terminal.run("apply", text=shippo, exits=1).output
    assert "There is no CITY_TOKEN in the environment" in refused
    terminal.env["CITY_TOKEN"] = "sh1ppo"
    terminal.run("apply")
    assert terminal.run("plan").stdout.startswith("Everything is as the file says.")
    del terminal.env["CITY_TOKEN"]
    assert "CITY_TOKEN in the environment: what is stored stays" in terminal.run("plan").output
    accounts.forget()
    account = accounts.find("city")
    assert account is not None
    assert account.config == {"mode": "test", "token": "sh1ppo", "accept_test": True}
    written = _written(terminal, "out")["setup.toml"].decode()
    assert "sh1ppo" not in written
    assert 'env = "CITY_TOKEN"' in written


def test_a_new_secret_does_not_end_the_former_at_once(terminal: Terminal) -> None:
    terminal.run("apply", text=SHOP)
    terminal.env["CITY_SECRET"] = "f" * 32
    assert "secret: the former → changed" in terminal.run("apply").output
    accounts.forget()
    account = accounts.find("city")
    assert account is not None
    assert account.secrets == ("f" * 32, SECRET)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("parcels = 4", "parcel = 4", "Did you mean 'parcels'?"),
        ("parcels = 4", "parcels = 0", "depots.anaheim.windows.0.parcels"),
        ('"mon-fri"', '"mo-fr"', "Write weekdays like"),
        ('wait = "5 min"', 'wait = "5"', "Write a span like"),
        ('in_charge = "olga@', 'in_charge = "olag@', "Did you mean 'olga@example.com'?"),
        ('rotas = ["desk"]', 'rotas = ["night"]', "There is no 'night' in rotas"),
        ('rotas = ["desk"]', "", "`everyone = true`"),
        ('depots = ["anaheim"]', "depots = []", "would not see its cases"),
        ('phone = "+17145550111"', 'phone = "+1714"', "This number cannot be used"),
        ('timezone = "America/Los_Angeles"', 'timezone = "Mars/Base"', "no time zone 'Mars/Base'"),
        ('courier = "onfleet"', 'courier = "onflet"', "no courier 'onflet'"),
        ('"CITY_SECRET"', '"NOBODY_SET_IT"', "NOBODY_SET_IT in the environment: set it"),
        ("secret = { env", 'secret = "abc" # { env', "No secret stands in this file"),
        ('choose_within = "3 h"', 'choose_withn = "3 h"', "choose_withn: No policy says this"),
        ('choose_within = "3 h"', 'choose_within = "3"', "choose_within: Write a span"),
        ('colour = "#0d5c4c"', 'colour = "#eeeeee"', "can be read"),
        ('"oak.png"', '"elm.png"', "shippers.hollow-oak.brand.logo: It cannot be read"),
        ("words = 90", "words = 200", "No longer than"),
        ('first = "7.50"', 'first = "much"', "Write an amount"),
        ('"https://oak', '"ftp://oak', "shippers.hollow-oak.webhooks.0"),
        ('"booked", ', '"lost_it", ', "shippers.hollow-oak.webhooks.0"),
        ('env = "OAK_WEBHOOK"', 'env = "CITY_SECRET"', "A secret is whsec_"),
        ('"lockers.csv"', '"locker.csv"', "locker.csv cannot be used"),
        ('provider = "twilio"', 'provider = "twillio"', "no provider of whatsapp"),
        ('provider = "twilio"', 'provider = ""', "shippers.hollow-oak.templates.0.provider"),
        ('language = "de"\nprovider', 'language = "xx"\nprovider', "'xx' is none of"),
        ('"6.50 USD"', '"6.50 GOLD"', "Write an amount and its currency"),
        ("[rotas.desk]", "[rotas.desk", "This is not TOML"),
        ("[accounts.city]", "[account.city]", "Did you mean 'accounts'?"),
        ('{ days = "sat", starts = "10:00"', '{ days = "fri", starts = "10:00"', "overlaps"),
    ],
)
def test_each_fault_is_named_with_its_line_and_a_remedy_and_nothing_is_changed(
    terminal: Terminal, old: str, new: str, said: str
) -> None:
    text = SHOP.replace(old, new, 1)
    assert text != SHOP
    output = terminal.run("apply", text=text, exits=1).output
    assert said in output
    found = re.search(r"line (\d+): ", output)
    assert found
    line = text.count("\n", 0, SHOP.index(old)) + 1
    assert int(found[1]) in {line - 1, line, line + 1}, output
    assert "nothing was changed" in output
    assert set(counts().values()) == {0}


def test_all_faults_are_said_at_once(terminal: Terminal) -> None:
    text = SHOP.replace('wait = "5 min"', 'wait = "soon"').replace("places = 9", "places = -1")
    output = terminal.run("plan", text=text, exits=1).output
    assert output.count("line ") == 2


def test_the_example_of_the_readme_is_whole(terminal: Terminal) -> None:
    example = Path(__file__).parents[2] / "docker" / "setup.example.toml"
    assert terminal.run("apply", text=example.read_text()).stdout.endswith("removed.\n")
    assert terminal.run("plan").stdout.startswith("Everything is as the file says.")

"""A set-up file on a database of its own, with the commands as somebody at a terminal runs them."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from app.cli import main
from app.settings import Settings

SHOP = """
[policies.patient.values]
choose_within = "3 h"
staff_read_names = false

[shippers.hollow-oak]
name = "Hollow Oak Books"
country = "US"
email = "care@hollow-oak.example.com"
return_cost = "6.50 USD"
policy = "patient"
hold_share = 0.15
lookup = { url = "https://orders.oak.example.com/{order_ref}", token = { env = "OAK_LOOKUP" } }

[shippers.hollow-oak.brand]
name = "Hollow Oak"
colour = "#0d5c4c"
logo = "oak.png"
sender = "Hollow Oak Books"
imprint = "Hollow Oak Books\\nAnaheim"
domain = "parcels.hollow-oak.example.com"

[shippers.hollow-oak.retention]
words = 90
contacts = 180

[shippers.hollow-oak.gestures]
currency = "USD"
first = "7.50"
not_for = ["refused"]

[[shippers.hollow-oak.webhooks]]
url = "https://oak.example.com/hooks"
kinds = ["booked", "closed"]
secret = { env = "OAK_WEBHOOK" }

[[shippers.hollow-oak.templates]]
channel = "whatsapp"
text = "failure"
language = "de"
provider = "twilio"
id = "HX0123"
variables = ["shipper", "parcel", "url"]

[people."ana@example.com"]
name = "Ana Reyes"
phone = "+17145550111"
channels = ["voice", "sms"]
depots = ["anaheim"]
chats = [{ name = "Ana’s Slack", address = { env = "ANA_SLACK" } }]

[people."olga@example.com"]
name = "Olga Lind"
channels = ["email"]
role = "supervisor"
depots = "all"

[depots.anaheim]
name = "Anaheim depot"
country = "US"
region = "CA"
timezone = "America/Los_Angeles"
address = "1440 S Depot Way, Anaheim, CA 92806"
pickup_points_file = "lockers.csv"
in_charge = "olga@example.com"
postcodes = ["92602", "928"]
chats = [{ name = "#anaheim-dispatch", address = { env = "ANAHEIM_SLACK" } }]
systems = [{ url = "https://tms.example.com/calls", secret = { env = "ANAHEIM_TMS" } }]
hours = [{ days = "mon-sat", opens = "06:00", closes = "22:00" }]
windows = [
    { days = "mon-fri", starts = "08:00", ends = "11:00", parcels = 4 },
    { days = "sat", starts = "10:00", ends = "14:00", parcels = 2, booked_until = "3 h" },
]
closures = [{ day = 2031-12-24, why = "Stocktaking" }]

[[depots.anaheim.levels]]
rotas = ["desk"]
wait = "5 min"
ways = [{ channel = "voice", wait = "2 min", tries = 2 }, { channel = "sms", wait = "1 min" }]

[[depots.anaheim.pickup_points]]
name = "Corner shop"
address = "5 Katella Ave"
ready_in = "4 h"
keeps_for = "5 days"
places = 9

[rotas.desk]
name = "Dispatch desk"
depot = "anaheim"
timezone = "America/Los_Angeles"
turns = { first = 2026-11-23, at = "09:00" }
shifts = [{ days = "mon-sun", starts = "08:00", ends = "20:00", people = ["ana@example.com"] }]

[accounts.city]
courier = "onfleet"
shipper = "hollow-oak"
depot = "anaheim"
timezone = "America/Los_Angeles"
secret = { env = "CITY_SECRET" }
connector = { name = "onfleet", values = { api_key = { file = "city.key" } } }
rules = { attempts = 3 }
postcodes = { anaheim = ["92602", "93"] }
"""
SECRET = "0123456789abcdef0123456789abcdef"
SIGNS = "whsec_" + base64.b64encode(b"s" * 24).decode()
SLACK = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
LOCKERS = """code,name,address,postcode,latitude,longitude,capacity,keeps_holidays,closed
L1,Locker 1,"1 Main St, Anaheim",92805,33.83,-117.91,12,yes,2031-01-01
L2,Locker 2,2 Main St,92806,,,50,,
"""


def _logo() -> bytes:
    content = BytesIO()
    Image.new("RGB", (64, 32), "green").save(content, "PNG")
    return content.getvalue()


class Terminal:
    """`reknock setup …` on the test's database; `env` is what the next command finds there."""

    def __init__(self, home: Path, env: Mapping[str, str]) -> None:
        self.home = home
        self.env = {**env, "CITY_SECRET": SECRET, "OAK_WEBHOOK": SIGNS, "ANAHEIM_TMS": SIGNS}
        self.env |= {"OAK_LOOKUP": "t0ken-of-oak", "ANA_SLACK": SLACK}
        self.env["ANAHEIM_SLACK"] = f"{SLACK}/#oak"
        self.file = home / "shop.toml"
        (home / "city.key").write_text("c0ffee\n")
        (home / "lockers.csv").write_text(LOCKERS)
        (home / "oak.png").write_bytes(_logo())

    def run(self, verb: str, *more: str, text: str | None = None, exits: int = 0) -> Result:
        if text is not None:
            self.file.write_text(text)
        done = CliRunner(env=self.env).invoke(main, ["setup", verb, str(self.file), *more])
        assert done.exit_code == exits, done.output
        return done


@pytest.fixture
def terminal(settings: Settings, env: dict[str, str], tmp_path: Path) -> Terminal:
    return Terminal(tmp_path, env)


@pytest.fixture
def refused(terminal: Terminal) -> Callable[[str], str]:
    """What is said of a file that cannot be used."""
    return lambda text: terminal.run("apply", text=text, exits=1).output

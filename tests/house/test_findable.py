"""What `app/README.md` promises a newcomer: behaviours stand where their names say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "app" / "README.md"

STANDS_IN = {
    "A forged webhook is told from a genuine one.": "intake/signatures.py",
    "A courier's word for a failure becomes one of our reasons.": "intake/reasons.py",
    "The time in a courier's message is read, whatever its form and zone.": "intake/times.py",
    "It is decided whether a text message reaches a number.": "shipments/reachable.py",
    "What a customer may choose from is put together.": "booking/offer.py",
    "Whoever is called next is decided when nobody took on a task.": "dispatch/rules.py",
    "A message that did not arrive goes by the next channel.": "channels/routing.py",
    "The words are written that the customer reads in a message.": "customer/texts.py",
    "A link is signed that opens one page for one person.": "access/links.py",
    "An open case that nobody answers for is found and healed.": "chain/audit.py",
}


def test_the_guide_names_ten_behaviours_and_not_where_they_are():
    listed = GUIDE.read_text().partition("## Ten behaviours")[2]
    assert re.findall(r"^\d+\. (.+)$", listed, re.MULTILINE) == list(STANDS_IN)
    assert not [path for path in STANDS_IN.values() if path in listed]


@pytest.mark.parametrize("path", STANDS_IN.values())
def test_each_stands_in_a_file_of_its_own(path):
    assert (ROOT / "app" / path).is_file()


@pytest.mark.parametrize("page", ["README.md", "app/README.md"])
def test_a_page_for_people_leads_nowhere_that_is_not_there(page):
    text = (ROOT / page).read_text()
    near = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    named = re.findall(r"`((?:[a-z_]+/)+(?:[a-z_]+\.py)?)`", text)
    here = (ROOT / page).parent
    assert near
    assert [link for link in near if not (here / link).exists()] == []
    assert [n for n in named if not ((ROOT / n).exists() or (ROOT / "app" / n).exists())] == []


def test_the_order_of_the_folders_is_the_one_that_the_linter_holds():
    layers = re.findall(r'^    "\((\w+)\)",$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    section = (ROOT / "README.md").read_text().partition("## Where things live")[2]
    rows = re.findall(r"^\| `([\w` ]+)` \|", section, re.MULTILINE)
    told = [name for row in rows for name in row.replace("`", "").split()]
    assert told == layers[::-1]
    kept = {entry.name for entry in (ROOT / "app").iterdir() if entry.is_dir()} - {"__pycache__"}
    assert kept <= set(told)

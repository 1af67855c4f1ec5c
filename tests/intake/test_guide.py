"""The guide "Add a courier" says what is so: its files, its commands and its adapter are tried."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from app import clock
from app.db.connection import transaction
from app.directory import service as directory
from app.intake import accounts, couriers, mapping, service
from app.intake.couriers import custom
from app.intake.event import Account, Incoming, SignatureRefused
from app.intake.mapping.model import FIELDS
from tests.inline import settle
from tests.intake.commands import Run, reknock

__all__ = ["reknock"]

GUIDE = (Path(couriers.__file__).parent / "README.md").read_text()


def blocks(language: str) -> list[str]:
    fenced = [block.partition("\n") for block in GUIDE.split("```")[1::2]]
    return [text for told, _, text in fenced if told == language]


BODY, SMALL, WHOLE = blocks("json")


def account(config: dict[str, Any]) -> Account:
    return Account(1, "lark", "custom", 1, 1, ("s",), {}, config, "UTC")


def incoming(headers: dict[str, str], raw: bytes = BODY.encode()) -> Incoming:
    return Incoming(headers=headers, query={}, raw=raw, received_at=clock.machine_now())


def test_what_the_commands_print_is_what_the_guide_shows(reknock: Run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("failed.json").write_text(BODY)
    Path("bad.json").write_text(
        WHOLE.replace('"stop.failed": "failed"', '"stop.failed": "flopped"')
    )
    shown = [
        block.partition("\n") for block in blocks("") if block.startswith("$ reknock courier try")
    ]
    assert len(shown) == 2
    for written, exits, (command, _, output) in zip((SMALL, WHOLE), (1, 0), shown, strict=True):
        Path("lark.json").write_text(written)
        assert reknock(*command.split()[2:], exits=exits).stdout == output
    [error] = [block for block in blocks("") if block.startswith("Error: ")]
    words = ("courier", "try", "--mapping", "bad.json", "--sample", "failed.json")
    assert reknock(*words, exits=1).stderr == error


def test_the_guides_adapter_reads_what_its_mapping_reads():
    [code] = [block for block in blocks("python") if "def verify" in block]
    lark: Any = ModuleType("lark")
    exec(compile(code, "lark.py", "exec"), lark.__dict__)
    config = json.loads(WHOLE)
    raw, body, now = BODY.encode(), json.loads(BODY), clock.machine_now()
    headers = lark.sign(account(config), raw, now)
    lower = {name.lower(): value for name, value in headers.items()}
    assert lower == custom.sign(account(config), raw, now)
    lark.verify(account(config), incoming(headers))
    with pytest.raises(SignatureRefused):
        lark.verify(account(config), incoming(headers, raw + b" "))
    [by_code] = lark.translate(body, account(config), incoming({}))
    [by_mapping] = custom.translate(body, account(config), incoming({}))
    by_mapping.code = by_code.code
    assert by_code == by_mapping


def test_a_courier_in_a_folder_of_its_own_is_a_courier(play, tmp_path, monkeypatch):
    """Nothing else of the house is touched: the file is found by its name."""
    [code] = [block for block in blocks("python") if "def verify" in block]
    (tmp_path / "lark.py").write_text(code)
    monkeypatch.setattr(couriers, "__path__", [*couriers.__path__, str(tmp_path)])
    monkeypatch.setattr(couriers, "NAMES", couriers.found())
    couriers.adapter.cache_clear()
    with transaction() as conn:
        directory.add_account(
            conn,
            slug="lark",
            courier="lark",
            shipper_id=play.world.shipper_id,
            depot_id=play.world.depot_id,
            secrets=["shared with Lark"],
            headers={},
            config={},
            timezone="UTC",
            now=clock.now(),
        )
    found = accounts.find("lark")
    assert found is not None
    raw = BODY.replace("1772460270000", str(int(clock.now().timestamp() * 1000))).encode()
    signed = couriers.adapter("lark").sign(found, raw, clock.machine_now())
    taken = service.receive(found, incoming(signed, raw), "request-1")
    assert taken.outcome == "accepted"
    settle()
    case = play.case(taken.case_id)
    assert (case.parcel.tracking_number, case.reason) == ("LK-4471", "recipient_unavailable")
    with pytest.raises(SignatureRefused):
        service.receive(found, incoming(signed, raw + b" "), "request-2")
    couriers.adapter.cache_clear()
    sys.modules.pop("app.intake.couriers.lark", None)


def test_the_guide_names_all_that_a_mapping_can_say():
    for name in mapping._ORDER:
        assert name in GUIDE
    for name in FIELDS:
        assert name in GUIDE


def test_the_guide_leads_nowhere_that_is_not_there():
    here = Path(couriers.__file__).parent
    for address in re.findall(r"\]\((?!http)([^)#]+)\)", GUIDE):
        assert (here / address).exists(), address

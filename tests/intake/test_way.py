"""The way of a webhook's body through the house: how many files a reader of it has to open.

A file is on the way when one of its functions is handed the body: its bytes, its JSON, the events
read from it, or something that holds one of these. A single value taken out of it, such as a name
or a code, is not the body. Going into a file from another one is an entry; a function that ends
and gives control back enters nothing. The way begins in the middleware and ends with the commit.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest
from werkzeug.test import EnvironBuilder

from app import clock
from app.db import packed
from app.db.connection import transaction
from app.directory import service as directory
from app.intake import accounts, samples, store
from app.intake.couriers import NAMES, _keys
from app.intake.event import Account, Event, Incoming, Message
from app.intake.middleware import at_once
from tests.web import Web, grouped_anew, web

__all__ = ["web"]

APP = Path(__file__).parents[2] / "app"

FILES = 8
ENTRIES = 2
"""The first time, and one return."""

ENDS = {store.take.__code__, store.take_at_once.__code__}

Way = Counter[str]
"""How often each file is entered, in the order of their first entries."""


@contextmanager
def walking(raw: bytes) -> Iterator[Way]:
    """Where the body goes while it is posted by this thread."""
    parsed = json.loads(raw)
    entries: Way = Counter()

    def is_body(value: object) -> bool:
        match value:
            case bytes():
                return packed.unpack(value) == raw
            case dict():
                return value == parsed or "wsgi.input" in value
            case tuple() | list():
                return value == parsed or any(map(is_body, value))
        return isinstance(value, Incoming | Message | Event)

    def handed(frame: FrameType) -> bool:
        code = frame.f_code
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        return any(is_body(frame.f_locals[name]) for name in names if name != "self")

    def watch(frame: FrameType, event: str, _: object) -> None:
        if event == "return" and frame.f_code in ENDS:
            sys.setprofile(None)
        file = Path(frame.f_code.co_filename)
        if event != "call" or not file.is_relative_to(APP):
            return
        caller = frame.f_back
        inside = caller is not None and caller.f_code.co_filename == frame.f_code.co_filename
        if not inside and handed(frame):
            entries[file.relative_to(APP).as_posix()] += 1

    sys.setprofile(watch)
    try:
        yield entries
    finally:
        sys.setprofile(None)


@pytest.fixture
def account(web: Web, name: str, monkeypatch: pytest.MonkeyPatch) -> Account:
    """An account of this courier that has taken a webhook before."""
    made = samples.credentials(name)
    if name == "shipengine":
        key = _keys.private_key(made.secrets[0]).public_key()
        monkeypatch.setattr(_keys, "find", lambda _address, _id: key)
        made.config["jwks_url"] = "https://keys.example"
    slug = f"way-{name.replace('_', '-')}"
    with transaction() as conn:
        directory.add_account(
            conn,
            slug=slug,
            courier=name,
            shipper_id=web.play.world.shipper_id,
            depot_id=web.play.world.depot_id,
            secrets=list(made.secrets),
            headers=made.headers,
            config=made.config,
            timezone="UTC",
            now=clock.now(),
        )
    account = accounts.get(slug)
    raw, headers = samples.failure(account, clock.machine_now(), shipment=f"{slug}-0")
    assert web.client.post(f"/webhooks/{slug}", data=raw, headers=headers).status_code == 200
    return account


def walked(web: Web, account: Account, how: str) -> Way:
    """In a thread, or else in an event loop, which leaves what it cannot take to a thread."""
    parcel = f"{account.slug}-{how}"
    raw, headers = samples.failure(account, clock.machine_now(), shipment=parcel)
    address = f"/webhooks/{account.slug}"
    if how == "thread":
        with walking(raw) as found:
            answer = web.client.post(address, data=raw, headers=headers)
        assert answer.get_json()["status"] == "accepted"
        return found
    environ = EnvironBuilder(
        address, method="POST", data=raw, headers=[*headers.items()]
    ).get_environ()

    async def told() -> Way:
        grouped = grouped_anew()
        await grouped.text(())  # has its connection opened
        assert grouped._opening is not None
        await grouped._opening
        with walking(raw) as found:
            answer = await at_once(environ, raw)
        assert grouped._pipeline is not None
        grouped._pipeline.lose("tested")
        assert answer is not None
        assert b'"accepted"' in answer[2]
        return found

    with ThreadPoolExecutor(1) as other:
        return other.submit(asyncio.run, told()).result()


WAYS = {"loop": ["intake/store.py", "db/grouped.py"], "thread": ["intake/store.py"]}


@pytest.mark.parametrize("name", [name for name in NAMES if name != "custom"])
def test_a_body_passes_eight_files_at_most_and_returns_to_each_at_most_once(
    web: Web, account: Account, name: str
):
    for how, last in WAYS.items():
        if how == "loop" and name == "shipengine":
            continue  # its keys may have to be fetched, for which all others would wait
        files = walked(web, account, how)
        assert list(files)[:3] == [
            *("intake/middleware.py", "intake/service.py"),
            f"intake/couriers/{name}.py",
        ]
        assert list(files)[-len(last) :] == last
        assert len(files) <= FILES, files
        assert max(files.values()) <= ENTRIES, files


@pytest.mark.parametrize("name", ["custom"])
def test_a_mapping_stands_for_an_adapter_and_looks_once_for_each_of_its_places(
    web: Web, account: Account
):
    """One file more than with code; the reader of a mapping asks for one place after another."""
    files = walked(web, account, "loop")
    places = files.pop("intake/mapping/paths.py")
    assert len(files) <= FILES, files
    assert max(files.values()) <= ENTRIES, files
    assert places <= 2 * len(account.config["fields"]), places

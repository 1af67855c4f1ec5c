"""What a courier posted is kept byte for byte, and shorter where it can be."""

from __future__ import annotations

import zlib

import pytest

from app import clock
from app.db import packed
from app.intake.event import Incoming
from tests import courier


def kept(raw: bytes) -> bytes:
    return Incoming({}, {}, raw, clock.machine_now()).kept()


ODD = {
    "nothing": b"",
    "short": b"{}",
    "looks packed": kept(courier.said()),
    "looks packed, and is not": b"\x00z\xff\xff",
    "packed already": zlib.compress(courier.said()),
    "every byte": bytes(range(256)) * 9,
}


@pytest.mark.parametrize("name", ODD)
def test_it_comes_out_as_it_went_in(name: str) -> None:
    assert packed.unpack(kept(ODD[name])) == ODD[name]


def test_a_body_is_much_shorter_and_never_longer_by_more_than_its_mark() -> None:
    assert len(kept(courier.said())) < 0.7 * len(courier.said())
    assert kept(b"{}") == b"{}"


def test_what_was_kept_before_is_read_as_it_is() -> None:
    for before in (b'{"type": "x"}', b"\x00z\xff\xff", b"\x00"):
        assert packed.unpack(before) == before

"""What a courier posted is kept byte for byte, and shorter where it can be."""

from __future__ import annotations

import zlib

import pytest

from app.db import packed
from tests import courier

ODD = {
    "nothing": b"",
    "short": b"{}",
    "looks packed": packed.pack(courier.said()),
    "looks packed, and is not": b"\x00z\xff\xff",
    "packed already": zlib.compress(courier.said()),
    "every byte": bytes(range(256)) * 9,
}


@pytest.mark.parametrize("name", ODD)
def test_it_comes_out_as_it_went_in(name: str) -> None:
    assert packed.unpack(packed.pack(ODD[name])) == ODD[name]


def test_a_body_is_much_shorter_and_never_longer_by_more_than_its_mark() -> None:
    assert len(packed.pack(courier.said())) < 0.7 * len(courier.said())
    assert packed.pack(b"{}") == b"{}"


def test_what_was_kept_before_is_read_as_it_is() -> None:
    for kept in (b'{"type": "x"}', b"\x00z\xff\xff", b"\x00"):
        assert packed.unpack(kept) == kept

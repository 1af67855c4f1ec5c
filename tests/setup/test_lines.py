"""Every place of a TOML text is found in its line, whatever stands in strings and comments."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from app.setup import lines
from tests.setup.conftest import SHOP

TRICKY = r"""
title = "a # no comment [x] = {"   # one = [
'quo.ted'.key = '''
[not.a.table]
key = "nor a key"
'''
list = [
  1, # one ]
  { a = "}", b = [2, 3] },
  "\"]", ""
]
[a."b.c".d]
x.y = 1979-05-27T07:32:00Z
text = "
"""


def places(value: Any, at: lines.Place = ()) -> Iterator[lines.Place]:
    yield at
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, dict | list):
        inner = list(value.items() if isinstance(value, dict) else enumerate(value))
    for name, one in inner:
        yield from places(one, (*at, str(name)))


def test_strings_and_comments_are_no_tables() -> None:
    text = TRICKY.replace('text = "\n', 'text = """\n["""\n[[e]]\nz = 1\n[[e]]\nz = 2\n')
    found = lines.lines_of(text)
    assert found[("title",)] == 2
    assert found[("quo.ted", "key")] == 3
    assert found[("list", "1", "b", "1")] == 9
    assert found[("list", "3")] == 10
    assert found[("a", "b.c", "d", "x", "y")] == 13
    assert found[("e", "1", "z")] == 19
    assert set(places(tomllib.loads(text))) - {()} <= found.keys()


@pytest.mark.parametrize("text", [SHOP, ""])
def test_every_place_of_a_real_file_is_found(text: str) -> None:
    assert set(places(tomllib.loads(text))) - {()} <= lines.lines_of(text).keys()


KEYS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=6)
VALUES = st.recursive(
    st.integers() | st.booleans() | st.text(st.characters(codec="utf-8"), max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=9,
)


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_whatever_is_written_every_place_is_found(document: dict[str, Any]) -> None:
    text = tomli_w.dumps(document, multiline_strings=True)
    said = tomllib.loads(text)
    found = lines.lines_of(text)
    for place in places(said):
        escaped = any(set(name) & set("\"\\'") for name in place)  # named as they are written
        assert escaped or not place or place in found

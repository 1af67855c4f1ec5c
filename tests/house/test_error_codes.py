"""Every code that can stand in a problem document has a page that says what to do."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.access.openapi import ProblemOut
from app.error_codes import CODES, find, http_code
from tests.web import Web, web

__all__ = ["web"]

ROOT = Path(__file__).parents[2]
_SOURCES = {
    "Problem": (1, {"code", "error.code", "name"}),
    "SignatureRefused": (0, set()),
    "wrong_fields": (0, set()),
}
"""Where the code stands in the call, and how those that pass on another's code write it."""


def raised() -> Iterator[tuple[str, str]]:
    """Each code in the source, with the file; a call whose code is no constant fails here."""
    for path in (*(ROOT / "app").rglob("*.py"), *(ROOT / "tasks").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text())):
            if not isinstance(call, ast.Call):
                continue
            if ast.unparse(call.func) == "super().__init__" and _is_status(call.args[:1]):
                name = "Problem"  # in a class that is a problem
            else:
                name = getattr(call.func, "id", "")
            if name not in _SOURCES:
                continue
            place, passed_on = _SOURCES[name]
            code = call.args[place]
            if isinstance(code, ast.Constant):
                yield str(code.value), path.name
            else:
                assert ast.unparse(code) in passed_on, f"{path}: {ast.unparse(code)}"


def test_every_fact_in_a_problem_is_in_its_description():
    calls = [
        call
        for path in (*(ROOT / "app").rglob("*.py"), *(ROOT / "tasks").rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Problem"
    ]
    told = {word.arg for call in calls for word in call.keywords if word.arg} - {"headers"}
    assert len(told) > 5
    assert told - set(ProblemOut().fields) == set()


def _is_status(args: list[ast.expr]) -> bool:
    return [isinstance(a, ast.Constant) and isinstance(a.value, int) for a in args] == [True]


def test_every_code_in_the_source_is_explained():
    found = dict(raised())
    assert len(found) > 50
    assert {code: file for code, file in found.items() if code not in CODES} == {}


def test_every_code_that_is_explained_is_in_the_source():
    of_http = {"bad_request", "not_found", "method_not_allowed"}
    others = {"bad_mapping", "keys_unavailable"}
    assert set(CODES) - {code for code, _ in raised()} - of_http - others == set()


def test_the_code_of_an_http_error_is_one_word_for_programs():
    assert http_code("I'm a teapot") == "i_m_a_teapot"
    assert http_code("Request Entity Too Large") == "request_entity_too_large"
    assert find("gone") is not None
    assert find("no_such_code_at_all") is None


@pytest.mark.parametrize("code", ["key_needed", "slot_full", "unsupported_media_type"])
def test_the_type_of_a_problem_is_a_page(web: Web, code: str):
    page = web.client.get(f"/docs/errors/{code}")
    assert page.status_code == 200
    known = find(code)
    assert known
    assert known.title in page.text
    assert f"<code>{known.status} {code}</code>" in page.text


def test_all_pages_are_linked_from_the_reference(web: Web):
    assert 'href="/docs/errors"' in web.client.get("/docs").text
    listed = web.client.get("/docs/errors").text
    assert [code for code in CODES if f'href="/docs/errors/{code}"' not in listed] == []


def test_a_code_that_does_not_exist_has_no_page(web: Web):
    assert web.client.get("/docs/errors/nonsense").status_code == 404

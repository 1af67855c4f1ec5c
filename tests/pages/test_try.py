"""The page on which a mapping is tried."""

from __future__ import annotations

import base64
import copy
import gzip
import json
from typing import Any

import pytest

from app.intake.mapping import EXAMPLE
from app.settings import load
from tests.application import create_app
from tests.pages import axe
from tests.pages.audits import SMALL_TARGETS
from tests.pages.reading import fingerprint, text
from tests.pages.web import free_port, serving

BODY = {"topic": "parcel", "parcel": {"id": "a", "barcode": "B1"}, "scans": []}
SCAN = {"no": 1, "at": "02/03/2026 14:00:00", "code": "CARDED", "text": "<b>Rang</b>"}


def attempt(client, mapping: Any = EXAMPLE, sample: Any = BODY, headers: str = ""):
    texts = [one if isinstance(one, str) else json.dumps(one) for one in (mapping, sample)]
    form = {"mapping": texts[0], "sample": texts[1], "headers": headers}
    return client.post("/playground/try", data=form)


def test_it_opens_with_an_example_that_reads_well(client):
    answer = client.get("/playground/try")
    assert answer.status_code == 200
    said = text(answer.text)
    assert "Would be accepted." in said
    assert "CARDED → failed" in said
    assert "Not mapped: line2, region." in said


def test_what_is_pasted_is_tried_and_nothing_is_kept(client):
    before = fingerprint()
    said = text(attempt(client, sample=BODY | {"scans": [SCAN]}).text)
    assert "Would be accepted." in said
    assert "B1" in said
    assert "nothing at parcel.to.mobile or parcel.to.landline" in said
    assert fingerprint() == before


def test_what_is_pasted_is_shown_as_text_and_stays_in_the_form(client):
    html = attempt(client, sample=BODY | {"scans": [SCAN]}).text
    assert "<b>Rang" not in html
    assert html.count("&lt;b&gt;Rang&lt;/b&gt;") == 2
    assert "X-Thames-Signature" in html


@pytest.mark.parametrize(
    ("sample", "verdict"),
    [
        (BODY | {"scans": [SCAN | {"code": "OUT"}]}, "Would be ignored."),
        (BODY | {"topic": "invoice"}, "Would be ignored."),
        (BODY, "Would be quarantined."),
        ("", "Would be refused."),
        ("[" * 100_000, "Would be refused."),
        ("\ud800".encode("utf-8", "replace").decode(), "Would be refused."),
    ],
)
def test_each_verdict_is_said(client, sample, verdict):
    answer = attempt(client, sample=sample)
    assert answer.status_code == 200
    assert verdict in text(answer.text)


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ("{", "This is not JSON"),
        ("[" * 100_000, "This is not JSON"),
        ("[]", "This must be an object."),
        (EXAMPLE | {"key": "a..b"}, "key 'a..b' cannot be read from '.b' on."),
        ({}, "signature This is needed."),
    ],
)
def test_faults_of_the_mapping_are_named(client, mapping, said):
    answer = attempt(client, mapping)
    assert answer.status_code == 422
    assert said in text(answer.text)
    assert 'aria-invalid="true"' in answer.text


def test_headers_that_paths_read_can_be_given(client):
    mapped = copy.deepcopy(EXAMPLE) | {"key": "header:X-Id"}
    sample = BODY | {"scans": [SCAN]}
    said = text(attempt(client, mapped, sample, "X-Id: ev-7\nnonsense\n: x").text)
    assert "ev-7 header:X-Id" in said
    assert "nothing at header:X-Id: the body itself" in text(attempt(client, mapped, sample).text)


def test_a_body_of_many_events_stays_readable(client):
    mapped = {
        "signature": {"scheme": "token", "header": "X-Token"},
        "each": "all",
        "defaults": {"kind": "failed"},
        "fields": {"tracking_number": "nr"},
    }
    said = text(attempt(client, mapped, {"all": [{"nr": n} for n in range(30)]}).text)
    assert "Event 20 of 30" in said
    assert "Event 21 of 30" not in said
    assert "And 10 more." in said


def test_it_takes_what_a_webhook_takes_and_no_more(client):
    large = BODY | {"scans": [SCAN], "padding": "ü" * 120_000}
    assert "Would be accepted." in text(attempt(client, sample=large).text)
    assert attempt(client, sample="x" * 1_100_000).status_code == 413


def test_it_exists_in_demo_mode_only(env, settings):
    production = create_app(load({**env, "REKNOCK_DEMO": "0"})).test_client()
    assert production.get("/playground/try").status_code == 404
    assert attempt(production).status_code == 404


@pytest.mark.browser
def test_it_fits_a_phone_and_a_desk_in_light_and_dark(env, browser, settings):
    with serving({**env, "PORT": str(free_port())}) as web:
        for width, dark in ((390, False), (390, True), (1280, False), (1280, True)):
            browser.size(width, 844, dark=dark)
            browser.open(f"{web}/playground/try")
            browser.until("document.getAnimations().length === 0")
            assert browser.ask("document.documentElement.scrollWidth") == width
            assert browser.ask(SMALL_TARGETS) == []
            assert axe.violations(browser) == []
        browser.ask("document.querySelector('#sample').value = '{}'")
        browser.click(".button.main")
        browser.until("document.querySelector('.alert.warn')")
    assert browser.log == []


def test_a_compressed_body_is_tried_as_it_would_be_taken(client):
    body = json.dumps(BODY | {"scans": [SCAN]}).encode()
    pasted = base64.b64encode(gzip.compress(body)).decode()
    said = text(attempt(client, sample=pasted, headers="Content-Encoding: gzip").text)
    assert "Would be accepted." in said
    said = text(attempt(client, sample=pasted, headers="Content-Encoding: br").text)
    assert "Content-Encoding 'br' is not known" in said

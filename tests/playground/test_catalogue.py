"""All texts beside each other: filtered by the address, and only in a demo."""

from __future__ import annotations

import re

import pytest

from app.playground.catalogue import views
from app.settings import load
from tests.application import create_app


@pytest.fixture
def client(settings):
    """A demo that nothing has happened in."""
    return create_app(settings).test_client()


def test_all_messages_stand_there_in_all_languages_with_what_they_take(client):
    page = client.get("/playground/texts").get_data(as_text=True)
    assert page.count("<article") == len(views.names()) * 8
    assert 'lang="ar" dir="rtl"' in page
    assert re.search(r"\d+ characters · UCS-2 · \d parts · about \$0\.\d{3} \(IN\)", page)
    assert re.search(r"\d+ characters · GSM-7 · \d parts? · about \$0\.\d{3} \(DE\)", page)


def test_the_address_says_which_are_shown(client):
    page = client.get("/playground/texts?text=app.customer.texts.failure&language=de")
    shown = page.get_data(as_text=True)
    assert shown.count("<article") == 1
    assert "konnte nicht zugestellt werden" in shown
    some = client.get("/playground/texts?text=wanted&language=xx").get_data(as_text=True)
    assert some.count("<article") == 3 * 8
    assert client.get("/playground/texts?text=<b>").status_code == 200
    assert "No message is called so" in client.get("/playground/texts?text=zzz").get_data(
        as_text=True
    )


def test_outside_of_a_demo_there_is_no_such_page(settings, env):
    production = create_app(load({**env, "REKNOCK_DEMO": "0"})).test_client()
    assert production.get("/playground/texts").status_code == 404

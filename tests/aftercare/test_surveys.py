"""Who is asked how it went, where, and in which words."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.access import pseudonyms
from app.aftercare import rules
from app.cases import sample
from app.chain.standard import STANDARD
from app.customer import service
from app.shipments.orders import service as orders
from tests import courier
from tests.channels.world import read
from tests.inline import advance
from tests.links import page_of
from tests.messages import said
from tests.play import Play

PLACES = {
    "US": {"line1": "5 Katella Ave", "city": "Anaheim", "region": "CA", "postcode": "92802"},
    "DE": {"line1": "Lindenstr. 5", "city": "Berlin", "postcode": "10969"},
    "AT": {"line1": "Ring 5", "city": "Wien", "postcode": "1010"},
}


def order(country: str = "US", parcel: str = "P1", **more: Any) -> None:
    (shipper,) = read("SELECT id FROM shippers")
    given_ = {
        "tracking_number": parcel,
        "name": "Kim Doe",
        "phone": courier.PHONE,
        "address": {**PLACES[country], "country": country},
        **more,
    }
    reads = orders.read(json.dumps(given_).encode(), lines=False)
    ((result,),) = orders.take(shipper["id"], "shop", reads)
    assert result["status"] in {"created", "updated"}, result


def ended(play: Play, how: str = "delivered", **said: Any) -> int:
    case_id = play.courier(**said)
    play.acknowledge(case_id)
    if how == "collected":
        play.close(case_id, how)
    else:
        play.courier(how)
    return case_id


@pytest.mark.parametrize("country", ["DE", "AT"])
def test_where_asking_is_advertising_only_the_page_asks(
    client: FlaskClient, play: Play, country: str
) -> None:
    order(country)
    case_id = ended(play)
    advance(days=20)
    assert not {"survey", "thanks"} & set(play.topics(case_id))
    asked = " ".join(m["text"] for m in play.messages(case_id, audience="customer"))
    assert "?stars" not in asked
    assert "1 bis 5" not in asked
    assert read("SELECT 1 FROM surveys WHERE case_id = %s", case_id) == []
    assert play.waiting(case_id) == set()
    assert 'name="score"' in client.get(page_of(case_id)).text
    play.rate(case_id, 5)
    assert read("SELECT score FROM surveys WHERE case_id = %s", case_id) == [{"score": 5}]


def test_somebody_without_consent_is_asked_on_the_page_only(play: Play) -> None:
    order("US", consent="exemption")
    case_id = ended(play)
    advance(days=30)
    assert [m for m in play.messages(case_id) if m["topic"] == "survey"] == []


def test_a_mail_has_a_link_for_each_star_and_a_text_is_answered_by_a_number(play: Play) -> None:
    case_id = ended(play, email="kim@example.com")
    advance(days=3)
    asked = [m for m in play.messages(case_id, topic="survey") if m["state"] == "delivered"]
    assert [m["channel"] for m in asked] == ["sms", "email"]
    rows = said(
        "SELECT html, hint, packed FROM message_words WHERE message_id = %s", asked[1]["id"]
    )
    for star in range(1, 6):
        assert f'{page_of(case_id)}?stars={star}"' in rows[0]["html"]
    assert "from 1 to 5" in rows[0]["hint"]


def test_a_link_picks_a_star_and_only_a_press_rates(client: FlaskClient, play: Play) -> None:
    case_id = ended(play)
    advance(hours=2)
    page = ""
    for star in range(1, 6):  # as a scanner does that opens every link of a mail
        page = client.get(f"{page_of(case_id)}?stars={star}").text
        assert f'value="{star}" required checked' in page
        assert page.count(" checked") == 1
    assert read("SELECT score FROM surveys WHERE case_id = %s", case_id) == [{"score": None}]
    for nonsense in ("0", "6", "x"):
        page = client.get(f"{page_of(case_id)}?stars={nonsense}").text
        assert "required checked" not in page


def test_a_parcel_that_went_back_is_not_asked_about_as_if_it_had_come(
    client: FlaskClient, play: Play
) -> None:
    case_id = play.courier()
    play.close(case_id, "returned")
    advance(hours=2)
    (asked,) = play.messages(case_id, topic="survey")
    assert "went back" in asked["text"]
    assert "arrived" not in asked["text"]
    assert "How did we look after you?" in client.get(page_of(case_id)).text
    play.rate(case_id, 5)
    (thanks,) = play.messages(case_id, topic="thanks")
    assert "went well in the end" not in thanks["text"]


def test_what_was_collected_is_asked_about_too(play: Play) -> None:
    case_id = ended(play, "collected")
    advance(hours=2)
    (asked,) = play.messages(case_id, topic="survey")
    assert "You have your" in asked["text"]


def test_what_was_refunded_is_not_rated(play: Play) -> None:
    case_id = play.courier()
    play.close(case_id, "refunded")
    with pytest.raises(Exception, match="delivered"):
        service.rate(case_id, 5, "", clock.now())


@given(
    country=st.sampled_from(["DE", "AT", "US", "FR", "GB", "IN", ""]),
    how=st.sampled_from(["by_place", "with_consent", "never"]),
    agreed=st.sampled_from([True, False, None]),
    consent=st.sampled_from(["given", "exemption", "unknown", None]),
)
def test_nobody_gets_advertising_without_agreeing(
    country: str, how: str, agreed: bool | None, consent: str | None
) -> None:
    of = sample.case()
    parcel = replace(
        of.parcel,
        address={"country": country} if country else None,
        terms={} if agreed is None else {"survey_consent": agreed},
        consent=consent,
    )
    about = replace(of, contact_phone="+4915112345678", parcel=parcel)
    asked = rules.by_message(about, {**STANDARD, "survey_messages": how})
    if asked:
        assert how != "never"
        assert consent != "exemption"
        german = country in {"DE", "AT", ""}  # the number says where nobody else does
        assert not german or (how == "with_consent" and agreed is True)
    else:
        assert how == "never" or consent == "exemption" or country in {"DE", "AT", ""}


def test_an_order_says_what_it_is_worth_and_who_it_is_for(play: Play) -> None:
    order(order_value=49.9, currency="eur", first_order=True, customer_ref="C-17")
    order(survey_consent=True)
    (row,) = read("SELECT terms FROM shipments")
    assert row["terms"] == {
        "value": 4990,
        "currency": "EUR",
        "first_order": True,
        "survey_consent": True,
        "customer": pseudonyms.of_customer("C-17"),
    }
    assert "C-17" not in str(row)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"order_value": "49,90"}, "not_an_amount"),
        ({"order_value": -1}, "not_an_amount"),
        ({"currency": "EUX"}, "unknown_currency"),
        ({"first_order": "yes"}, "not_yes_or_no"),
        ({"survey_consent": 1}, "not_yes_or_no"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(play: Play, said: dict[str, Any], code: str):
    given_ = {
        "tracking_number": "P1",
        "name": "Kim",
        "phone": courier.PHONE,
        "address": {**PLACES["US"], "country": "US"},
        **said,
    }
    (read_,) = orders.read(json.dumps(given_).encode(), lines=False)
    assert [(f.field, f.code) for f in read_.faults] == [(next(iter(said)), code)]

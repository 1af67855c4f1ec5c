"""A contact supplied by the shipper's system, or by a person on the page behind the link."""

from __future__ import annotations

from app.access import links
from tests import courier
from tests.inline import settle
from tests.web import Web, problem, rows, web

__all__ = ["web"]


def supply(web: Web, parcel: str, by: str = "shipper", **body: object):
    answer = web.api("PUT", f"/shipments/{parcel}/contact", by, json=body)
    settle()
    return answer


def test_a_supplied_number_wakes_the_open_case(web: Web):
    case_id = web.post(courier.said(parcel="wake", phone=None)).get_json()["case_id"]
    settle()
    answer = supply(web, "wake", phone="(714) 555-4231")
    assert answer.get_json() == {"tracking_number": "wake", "case_id": case_id}
    assert rows("SELECT contact_phone FROM cases WHERE id = %s", case_id) == [
        {"contact_phone": courier.PHONE}
    ]
    assert supply(web, "wake", phone="(714) 555-4231").status_code == 200


def test_without_a_case_it_is_kept_for_later(web: Web):
    web.post(courier.said("progress", "later", phone=None))
    assert supply(web, "later", phone=courier.PHONE).get_json()["case_id"] is None
    case_id = web.post(courier.said(parcel="later", phone=None)).get_json()["case_id"]
    settle()
    (row,) = rows("SELECT contact_phone FROM cases WHERE id = %s", case_id)
    assert row["contact_phone"] == courier.PHONE


def test_every_fault_has_its_field_and_code(web: Web):
    web.post(courier.said(parcel="faults", phone=None))
    document = problem(supply(web, "faults", phone=courier.LANDLINE, email="nobody"))
    assert (document["status"], document["code"]) == (422, "contact_unusable")
    assert [(fault["field"], fault["code"]) for fault in document["errors"]] == [
        ("phone", "no_text_messages"),
        ("email", "not_an_address"),
    ]
    assert problem(supply(web, "faults"))["errors"][0]["code"] == "missing"
    assert problem(supply(web, "faults", phone=7))["errors"][0]["field"] == "phone"
    assert problem(supply(web, "unknown", phone=courier.PHONE))["code"] == "no_such_parcel"


def test_a_dispatcher_may_supply_one_too(web: Web):
    web.post(courier.said(parcel="staff", phone=None))
    assert supply(web, "staff", "dispatcher", phone=courier.PHONE).status_code == 200


def test_a_link_supplies_one_and_says_what_became_of_it(web: Web):
    case_id = web.post(courier.said(parcel="link", phone=None)).get_json()["case_id"]
    settle()
    path = f"/s/{links.make('contact', case_id)}"
    assert web.client.get(path).status_code == 200
    refused = web.client.post(path, data={"phone": courier.LANDLINE})
    assert refused.status_code == 422
    taken = web.client.post(path, data={"phone": courier.PHONE})
    assert (taken.status_code, taken.headers["Location"]) == (303, path)
    web.post(courier.said("delivered", "link"))
    settle()
    assert web.client.get(path).status_code == 200  # the state as it is
    assert web.client.post(path, data={"phone": courier.PHONE}).status_code == 409


def test_a_link_for_one_page_opens_no_other(web: Web):
    case_id = web.post(courier.said(parcel="purpose", phone=None)).get_json()["case_id"]
    settle()
    token = links.make("contact", case_id)
    for path in (f"/c/{token}", f"/t/{token}", f"/s/{token}x", f"/s/{case_id}", "/s/%00", "/s/é"):
        assert web.client.get(path).status_code == 404, path

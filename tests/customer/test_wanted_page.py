"""What we may still send, on the customer's page and by API."""

from __future__ import annotations

from app.access.pseudonyms import of_contact
from tests import courier
from tests.channels.world import read, run
from tests.inline import advance, settle
from tests.links import page_of
from tests.web import Web, web

__all__ = ["web"]


def stands() -> list[str]:
    rows = read("SELECT channel FROM opt_outs WHERE lifted_at IS NULL ORDER BY channel")
    return [row["channel"] for row in rows]


def test_the_page_says_what_we_may_still_send_and_changes_it(web: Web) -> None:
    case_id = web.post(courier.said(parcel="page-1")).get_json()["case_id"]
    settle()
    page = page_of(case_id)
    assert "the number ending in 4231" in web.client.get(page).get_data(as_text=True)
    assert web.client.post(page, data={"messages": "stop sms"}).status_code == 303
    settle()
    shown = web.client.get(page).get_data(as_text=True)
    assert "as you asked" in shown
    assert "Send me these again" in shown
    assert courier.PHONE not in shown
    web.client.post(page, data={"messages": "stop sms"})  # twice is once
    answer = web.api("GET", f"/cases/{case_id}/opt-outs").get_json()
    assert "items" in answer, answer
    (one,) = answer["items"][:1]
    assert (one["how"], one["channel"], one["lifted_at"]) == ("page", "sms", None)
    web.client.post(page, data={"messages": "start sms"})
    assert stands() == []
    assert web.client.post(page, data={"messages": "stop pigeon"}).status_code == 422


def test_who_was_forgotten_since_they_refused_sees_that_it_still_stands(web: Web) -> None:
    run(
        """INSERT INTO opt_outs (shipper_id, channel, recipient, at, why)
                VALUES (0, 'sms', %s, now(), 'reply')""",
        of_contact(courier.PHONE),
    )
    case_id = web.post(courier.said(parcel="page-3")).get_json()["case_id"]
    settle()
    page = page_of(case_id)
    assert "as you asked" in web.client.get(page).get_data(as_text=True)
    web.client.post(page, data={"messages": "start sms"})
    assert stands() == []
    assert "as you asked" not in web.client.get(page).get_data(as_text=True)


def test_staff_and_shipper_write_down_what_they_were_told(web: Web) -> None:
    case_id = web.post(courier.said(parcel="page-2")).get_json()["case_id"]
    settle()
    told = {"channel": "sms", "wanted": False, "words": "told Ana on the telephone"}
    answer = web.api("PUT", f"/cases/{case_id}/opt-outs", "dispatcher", json=told)
    found = answer.get_json()["items"]
    assert {(one["how"], one["words"]) for one in found if not one["lifted_at"]} == {
        ("staff", told["words"])
    }
    line = web.api("GET", f"/cases/{case_id}/timeline").get_data(as_text=True)
    assert "messages_refused" in line
    again = {"channel": "sms", "wanted": True}
    answer = web.api("PUT", f"/cases/{case_id}/opt-outs", "shipper", json=again)
    assert all(one["lifted_at"] for one in answer.get_json()["items"])
    wrong = web.api("PUT", f"/cases/{case_id}/opt-outs", json={"channel": "voice", "wanted": True})
    assert (wrong.status_code, wrong.get_json()["code"]) == (422, "no_such_channel")


def test_every_message_is_there_with_why_it_did_not_arrive(web: Web) -> None:
    case_id = web.post(courier.said(parcel="page-3")).get_json()["case_id"]
    settle()
    advance(minutes=20)
    run(
        """UPDATE messages SET state = 'suppressed', why = 'opted_out'
            WHERE case_id = %s AND audience = 'customer'""",
        case_id,
    )
    for who in ("shipper", "dispatcher"):
        items = web.api("GET", f"/cases/{case_id}/messages", who).get_json()["items"]
        assert {(one["why"], one["reason"], one["outcome"]) for one in items} == {
            ("opted_out", "the recipient wants none", "held back")
        }
        assert courier.PHONE not in str(items)
    assert web.api("GET", "/cases/999999/messages").status_code == 404

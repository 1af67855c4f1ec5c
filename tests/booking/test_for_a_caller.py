"""Somebody calls the depot: a person books for them, by the API or on the task's page."""

from __future__ import annotations

from app.access import links
from app.db.connection import transaction
from app.directory import accounts_store
from tests import courier
from tests.inline import settle
from tests.web import Web, problem, rows, web

__all__ = ["web"]


def opened(web: Web, parcel: str) -> int:
    case_id = web.post(courier.said("failed", parcel)).get_json()["case_id"]
    settle()
    return int(case_id)


def test_staff_see_what_can_be_chosen_and_book_it(web: Web):
    case_id = opened(web, "caller")
    offered = web.api("GET", f"/cases/{case_id}/options").get_json()
    slot, point = offered["slots"][0], offered["pickup_points"][0]
    assert slot["starts_at"] < slot["ends_at"]
    assert (point["name"], point["hours"]) == ("Corner shop", "Daily 8–20")
    body = {"choice": slot["choice"]}
    first, second = (
        web.api("POST", f"/cases/{case_id}/booking", json=body).get_json() for _ in range(2)
    )
    assert first == second
    assert (first["kind"], first["starts_at"]) == ("redelivery", slot["starts_at"])
    (row,) = rows("SELECT chosen_by, state FROM bookings WHERE case_id = %s", case_id)
    assert (row["chosen_by"], row["state"]) == ("dispatcher", "standing")
    items = web.api("GET", f"/cases/{case_id}/timeline").get_json()["items"]
    assert [i["actor"] for i in items if i["kind"] == "booked"] == ["Ana"]


def test_what_cannot_be_booked_is_refused_with_the_truth(web: Web):
    case_id = opened(web, "refused")
    path = f"/cases/{case_id}/booking"
    refused = problem(web.api("POST", path, json={"choice": "slot:999999"}))
    assert refused["code"] == "no_such_option"
    assert problem(web.api("POST", path, json={}))["code"] == "invalid"
    assert problem(web.api("GET", "/cases/999999/options"))["code"] == "no_such_case"
    assert (
        problem(web.api("POST", "/cases/999999/booking", json={"choice": "slot:1"}))["code"]
        == "no_such_case"
    )
    choice = web.api("GET", f"/cases/{case_id}/options").get_json()["slots"][0]["choice"]
    web.api("POST", f"/cases/{case_id}/close", json={"resolution": "refunded"})
    closed = web.api("GET", f"/cases/{case_id}/options").get_json()
    assert closed == {"slots": [], "pickup_points": [], "others": [], "price": "", "prices": {}}
    assert problem(web.api("POST", path, json={"choice": choice}))["code"] == "case_closed"


def test_a_shipper_books_for_nobody(web: Web):
    case_id = opened(web, "shippers")
    for answer in (
        web.api("GET", f"/cases/{case_id}/options", "shipper"),
        web.api("POST", f"/cases/{case_id}/booking", "shipper", json={"choice": "slot:1"}),
    ):
        assert problem(answer)["code"] == "not_allowed"


def test_the_tasks_page_books_for_them(web: Web):
    case_id = opened(web, "page")
    task = rows("SELECT id FROM dispatch_tasks WHERE case_id = %s", case_id)[0]["id"]
    person = rows("SELECT id FROM people WHERE name = 'Ana'")[0]["id"]
    path = f"/t/{links.make('task', task, person)}"
    page = web.client.get(path).text
    assert "Book for them" in page
    choice = web.api("GET", f"/cases/{case_id}/options").get_json()["slots"][0]["choice"]
    assert f'value="{choice}"' in page
    booked = web.client.post(path, data={"act": "book", "choice": choice})
    assert (booked.status_code, booked.headers["Location"]) == (303, path)
    settle()
    assert "Change the booking for them" in web.client.get(path).text
    assert "The customer was told how the booking stands." in web.client.get(path).text
    wrong = web.client.post(path, data={"act": "book", "choice": "slot:999999"})
    assert (wrong.status_code, "not offered" in wrong.text) == (404, True)


def test_staff_cancel_for_a_caller(web: Web) -> None:
    case_id = opened(web, "cancelled")
    path = f"/cases/{case_id}/booking"
    assert problem(web.api("POST", path, json={"choice": "cancel"}))["code"] == "nothing_booked"
    assert problem(web.api("POST", path, json={"choice": "undo"}))["code"] == "nothing_to_undo"
    offered = web.api("GET", f"/cases/{case_id}/options").get_json()
    assert [one["choice"] for one in offered["others"]] == ["neighbour", "safe_place", "return"]
    assert offered["others"][2]["change_until"] > offered["slots"][0]["change_until"][:10]
    web.api("POST", path, json={"choice": "safe_place", "where": "the porch"})
    others = web.api("GET", f"/cases/{case_id}/options").get_json()["others"]
    assert [one["choice"] for one in others][3:] == ["cancel", "undo"]
    off = web.api("POST", path, json={"choice": "cancel"}).get_json()
    assert (off["state"], off["leave"]) == ("dropped", "Leave in safe place: the porch.")
    again = web.api("POST", path, json={"choice": "undo"}).get_json()
    back = web.api("POST", path, json={"choice": "return"}).get_json()
    assert (back["kind"], back["choice"], back["state"]) == ("return", "return", "standing")
    assert (again["state"], again["leave"]) == ("standing", "Leave in safe place: the porch.")


def test_staff_let_it_be_brought_to_another_address(web: Web) -> None:
    case_id = opened(web, "elsewhere")
    path = f"/cases/{case_id}/booking"
    where = {"line1": "9 Maple Court", "city": "Anaheim", "postcode": "92806", "country": "US"}
    body = {"choice": "address", "address": where}
    assert problem(web.api("POST", path, json=body))["code"] == "no_such_option"
    with transaction() as conn:
        terms = {"elsewhere": "postcode", "elsewhere_price": "3.00 USD"}
        accounts_store.set_terms(conn, "standard-webhooks", terms)
    offered = web.api("GET", f"/cases/{case_id}/options").get_json()
    (other,) = [one for one in offered["others"] if one["choice"] == "address"]
    assert (other["needs"], other["within"], other["price"]) == (
        ["address"],
        "postcode",
        "3.00 USD",
    )
    assert offered["prices"] == {"elsewhere": "3.00 USD"}
    made = web.api("POST", path, json=body).get_json()
    assert made["leave"] == "Bring to another address: 9 Maple Court, Anaheim, 92806."
    assert problem(web.api("POST", path, json={"choice": "address"}))["code"] == "no_such_option"

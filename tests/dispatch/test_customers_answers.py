"""Customers answer text messages at Twilio's edge: a number, and a 0 that undoes it."""

from __future__ import annotations

from app.booking import service as booking
from app.db.connection import connection
from tests.courier import PHONE
from tests.dispatch.house import House
from tests.dispatch.test_replies import texted, write

__all__ = ["texted"]


def test_a_customers_number_books_and_a_zero_undoes(texted: House) -> None:
    case_id = texted.courier()
    texted.acknowledge(case_id)
    said = [form["Body"] for form in texted.exchange.sent if form["To"] == PHONE]
    assert "Or reply with a number: 1 = " in said[-1]
    assert write(texted, "1.", sender=PHONE).endswith("Reply 0 to undo.")
    assert booking.standing(connection(), case_id)
    assert write(texted, "0", sender=PHONE).startswith("Undone. ")
    assert booking.standing(connection(), case_id) is None

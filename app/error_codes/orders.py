"""Orders and contacts."""

from __future__ import annotations

from app.error_codes.code import ErrorCode

TABLE = (
    ErrorCode(
        "order_refused",
        422,
        "The order was refused",
        "The order lacks something, above all a number that text messages reach.",
        "Correct each field that stands in `errors` and send the order again.",
    ),
    ErrorCode(
        "too_many",
        413,
        "Too many orders at once",
        "A request holds up to 10,000 orders.",
        "Send them in several requests.",
    ),
    ErrorCode(
        "contact_unusable",
        422,
        "This contact cannot be used",
        "The number or the address does not exist in this form, or messages do not reach it.",
        "Correct each field that stands in `errors`.",
    ),
    ErrorCode(
        "no_such_parcel",
        404,
        "This parcel is not known",
        "No parcel of this shipper has the tracking number.",
        "Announce the order first, or check the number.",
    ),
)

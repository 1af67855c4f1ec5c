"""Figures for operators, and the playground."""

from __future__ import annotations

from app.error_codes.code import READ, ErrorCode

TABLE = (
    ErrorCode(
        "nobody_counted",
        404,
        "There are no figures of that name",
        "The dashboard knows no such depot, courier, shipper or chart, or it is not yours to see.",
        "Open the dashboard without `of` and `chart`, and choose from what it offers.",
    ),
    ErrorCode(
        "wrong_token",
        401,
        "The token for figures is wrong",
        "Whoever reads `/metrics` must show the token that REKNOCK_METRICS_TOKEN sets.",
        "Send `Authorization: Bearer …` with that token.",
    ),
    ErrorCode(
        "metrics_are_local",
        403,
        "Figures are for this machine",
        "No token is set, so `/metrics` answers to this machine alone.",
        "Set REKNOCK_METRICS_TOKEN and send it.",
    ),
    ErrorCode(
        "bad_case_id", 422, "This is no case's id", "An id is a whole number.", "Correct it."
    ),
    ErrorCode(
        "bad_advance",
        422,
        "Time cannot be moved so",
        "Time moves forward by seconds, up to a limit.",
        "Use a number greater than 0; `detail` says the limit.",
    ),
    ErrorCode(
        "no_such_message",
        404,
        "No such message has reached a phone",
        "The id is not among the messages of the playground.",
        "Look at `GET /playground/messages`.",
    ),
    ErrorCode(
        "not_a_call",
        409,
        "This message is no call",
        "Keys are pressed during a call; the message with this id came by another channel.",
        "Press keys in messages of the channel `voice`; answer others by `POST /playground/reply`.",
    ),
    ErrorCode(
        "nothing_sent_yet",
        409,
        "This courier has posted nothing yet",
        "What was asked for needs a failure before it.",
        "Let one delivery fail first.",
    ),
    ErrorCode("no_sample", 409, "There is no sample for this", "The courier documents none.", READ),
    ErrorCode(
        "no_demo_key",
        409,
        "The demo has no valid key",
        "The key in demo.json was revoked, or the file is not there.",
        "Start the demo again.",
    ),
    ErrorCode(
        "no_answer",
        502,
        "The webhook address did not answer",
        "The playground posted a sample and heard nothing.",
        "Check that the web process runs.",
    ),
    ErrorCode(
        "no_recipient",
        422,
        "No number or address",
        "`recipient` is neither a phone number with its country nor an e-mail address.",
        "Write a number as `+1 714 555 4231`, or an address.",
    ),
    ErrorCode(
        "not_sure",
        422,
        "It was not said that it is meant",
        "Forgetting a customer cannot be undone, and the form’s tick is missing.",
        "Tick it, if it is meant.",
    ),
)

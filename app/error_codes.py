"""Every code that stands in a problem document: its title, what it means and what to do.

A problem's `type` is the address of the page that shows this: `/docs/errors/<code>`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from werkzeug.exceptions import default_exceptions


class ErrorCode(NamedTuple):
    """One code. `status` is the one it comes with in the API and at the webhook address."""

    code: str
    status: int
    title: str
    means: str
    remedy: str


_AGAIN = "Nothing was kept. Send the same request again after the seconds in `Retry-After`."
_READ = "Read `detail` and what else stands in the problem document, and decide anew."

_TABLE = (
    # Who asks.
    ErrorCode(
        "key_needed",
        401,
        "A valid key is needed",
        "The request has no API key, or one that is unknown, revoked or expired.",
        "Send `Authorization: Bearer …` with a key from `reknock key create`.",
    ),
    ErrorCode(
        "not_allowed",
        403,
        "This key may not do that",
        "The key is valid, but its role may not call this operation.",
        "Use a key with a role that `detail` names.",
    ),
    ErrorCode(
        "no_shipper",
        422,
        "The key belongs to no shipper",
        "Orders belong to a shipper, and an admin's key does not say to which.",
        "Use the shipper's own key.",
    ),
    ErrorCode(
        "too_many_attempts",
        429,
        "Too many attempts",
        "From this address many wrong keys or codes came, or were asked for, within a minute.",
        "Wait a minute, then sign in again.",
    ),
    ErrorCode(
        "passkey_refused",
        422,
        "The passkey cannot be used",
        "It is unknown here, did not sign what was asked, or was asked too long ago.",
        "Ask again, or sign in with a code.",
    ),
    ErrorCode(
        "too_many_codes",
        429,
        "Too many codes were asked for",
        "Several sign-in codes were asked for this number or address within the last hour or day.",
        "Use the newest code, or wait for the time in `detail`.",
    ),
    ErrorCode(
        "openid_refused",
        502,
        "The company's sign-in did not go through",
        "The OpenID Connect issuer refused or did not answer, or what came back was not for us.",
        "Try again, or sign in with a code. An operator finds the reason in the log.",
    ),
    ErrorCode(
        "form_expired",
        403,
        "The form is out of date",
        "The page was opened in another session, or the browser keeps no cookies.",
        "Open the page again and send the form from there.",
    ),
    ErrorCode(
        "cross_site",
        403,
        "Another site asked for this",
        "A page of another site tried to move the playground.",
        "Use the playground's own pages.",
    ),
    # The request itself.
    ErrorCode(
        "invalid",
        422,
        "Some fields cannot be used",
        "The body or the query does not fit the schema of the operation.",
        "Correct each field that stands in `errors`.",
    ),
    ErrorCode(
        "not_json",
        400,
        "The body is not JSON",
        "The body cannot be parsed.",
        "Send plain JSON in UTF-8.",
    ),
    ErrorCode(
        "json_too_deep",
        400,
        "There is too much in this JSON",
        "Lists and objects stand too deep in each other, or a number has too many digits.",
        "Send a plainer body; `detail` names the limit.",
    ),
    ErrorCode(
        "no_files", 400, "Files are not taken here", "The form brings a file.", "Send texts only."
    ),
    ErrorCode(
        "photo_too_large",
        413,
        "A photo is too large",
        "It has more bytes or more pixels than can be taken.",
        "Make it smaller; `detail` says what is too large.",
    ),
    ErrorCode(
        "photo_format",
        415,
        "This is no photo that can be read",
        "Photos come as JPEG, PNG or WebP; the file is something else.",
        "Send it in one of these formats.",
    ),
    ErrorCode(
        "photo_broken",
        422,
        "A photo is damaged",
        "The file begins like a photo and cannot be read to its end.",
        "Send the whole file again.",
    ),
    ErrorCode(
        "too_many_photos",
        422,
        "There are too many photos",
        "More came at a time than can be taken, or the case has no room for more.",
        "Send fewer; `detail` names the limit.",
    ),
    ErrorCode(
        "photos_away",
        503,
        "The store of photos cannot be reached",
        "The note and its photos were not kept, or a photo cannot be fetched now.",
        _AGAIN,
    ),
    ErrorCode(
        "no_such_photo",
        404,
        "There is no such photo",
        "The case shows none of this name to you, or it was too old to be kept.",
        "Look at the case's timeline.",
    ),
    ErrorCode(
        "bad_request",
        400,
        "The request cannot be read",
        "Usually the body is not JSON although its type says so.",
        "Send plain JSON in UTF-8 with `Content-Type: application/json`.",
    ),
    ErrorCode(
        "cannot_be_kept",
        422,
        "A value cannot be stored",
        "A text has a NUL or half a character in it, or a number is too large.",
        "Take the character out, or use a smaller number.",
    ),
    ErrorCode(
        "not_found",
        404,
        "There is nothing here",
        "No operation has this address.",
        "Compare the address with the reference.",
    ),
    ErrorCode(
        "method_not_allowed",
        405,
        "This method does nothing here",
        "The address exists, but not with this method.",
        "Use one of the methods in the header `Allow`.",
    ),
    ErrorCode(
        "request_entity_too_large",
        413,
        "The body is too large",
        "The body is larger than this address takes.",
        "Send less at once.",
    ),
    ErrorCode(
        "request_timeout",
        408,
        "The request came too slowly",
        "The headers or the body did not arrive in time.",
        "Send the whole request again, without pauses.",
    ),
    ErrorCode(
        "too_much_under_way",
        503,
        "Too much at once",
        "So many large requests are under way that this one does not fit beside them.",
        "Send it again in a few seconds; requests of up to 64 KiB are always taken.",
    ),
    ErrorCode(
        "internal_server_error",
        500,
        "The fault is ours",
        "Something broke that should not. It was logged.",
        "Try again later, and tell the operator the `X-Request-ID`, if there is one.",
    ),
    ErrorCode(
        "database_away",
        503,
        "Our records cannot be reached",
        "The database does not answer at the moment.",
        _AGAIN,
    ),
    ErrorCode(
        "try_again",
        503,
        "One moment, please",
        "The database does not answer at the moment, so the page cannot be shown.",
        "Open the page again in a few seconds.",
    ),
    # Idempotency.
    ErrorCode(
        "bad_idempotency_key",
        422,
        "This Idempotency-Key cannot be used",
        "A key has up to 200 printable ASCII characters.",
        "Use a UUID.",
    ),
    ErrorCode(
        "idempotency_key_reused",
        422,
        "The Idempotency-Key belongs to another request",
        "The same key came before with another body.",
        "Use a new key for a new request, and the old one only to repeat the old request.",
    ),
    ErrorCode(
        "in_progress",
        409,
        "This request is being worked on",
        "The same request with the same Idempotency-Key has not been answered yet.",
        "Send it again after the seconds in `Retry-After`; it gets the first one's answer.",
    ),
    # Orders and contacts.
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
    # Cases and dispatch tasks.
    ErrorCode(
        "no_such_case",
        404,
        "There is no such case",
        "No case has this id, or it belongs to another shipper.",
        "Find the case by its tracking number: `GET /api/v1/cases?q=…`.",
    ),
    ErrorCode(
        "no_such_depot",
        404,
        "There is no such depot",
        "No depot has this name, or there is none yet.",
        "Choose a depot from the list on the page of a day.",
    ),
    ErrorCode(
        "no_such_day",
        404,
        "There is no such day",
        "What stands in the address is no date.",
        "Write the day like 2026-11-28.",
    ),
    ErrorCode(
        "unknown_filter",
        422,
        "The filter names nothing",
        "There is no depot or courier of this name, so no case can match.",
        "Check the name that `errors` shows.",
    ),
    ErrorCode(
        "case_closed",
        409,
        "The case is closed",
        "The matter has ended, so nothing can be changed any more.",
        "Read the case: its `resolution` says how it ended.",
    ),
    ErrorCode(
        "no_such_task",
        404,
        "There is no such task",
        "No dispatch task has this id.",
        "List the tasks: `GET /api/v1/dispatch-tasks`.",
    ),
    ErrorCode(
        "no_such_connector",
        422,
        "There is no such connector",
        "An account names how its courier is told of bookings, and nothing is called that.",
        "Use one that `detail` lists, or `depot`.",
    ),
    ErrorCode(
        "bad_connector",
        422,
        "The connector needs something else",
        "What was given for telling the courier of bookings is incomplete, or not known.",
        "Give what `detail` names.",
    ),
    ErrorCode(
        "no_such_outcome",
        422,
        "There is no such outcome",
        "A dispatcher's outcome is one of a fixed list.",
        "Use one that `detail` lists, or leave it out.",
    ),
    ErrorCode(
        "task_over",
        409,
        "The task is over",
        "Somebody resolved the task before, or its case was closed.",
        "Nothing needs to be done; `detail` says who and when.",
    ),
    ErrorCode(
        "nobody_has_it",
        409,
        "Nobody has the task",
        "Only who took a task on can need longer; this one went back, or was never taken.",
        "Take it on first; `detail` says since when nobody has it.",
    ),
    ErrorCode(
        "not_yours",
        409,
        "Somebody else has the task",
        "Only who took a task on can say that they need longer.",
        "Ask whoever has it; `detail` says who.",
    ),
    ErrorCode(
        "hour_passed",
        422,
        "That moment has passed",
        "A task can only wait until a moment that is still to come.",
        "Give a later one, with its offset from UTC.",
    ),
    ErrorCode(
        "too_late",
        422,
        "That would be too late",
        "Nobody could act in time: the courier decides by itself before that.",
        "Give an earlier moment; `detail` says the latest.",
    ),
    ErrorCode(
        "happened_already",
        409,
        "It has happened already",
        "The calls were to wait for something that has come before.",
        "Act on it now, or put the calls off until a time.",
    ),
    ErrorCode(
        "too_late_to_undo",
        409,
        "It is too late to take that back",
        "An act in the console can be taken back for a short while, once.",
        "Do what would set it right: pass the task on, or take it on again.",
    ),
    ErrorCode(
        "went_on",
        409,
        "It has gone on since",
        "Somebody did more with this task, or its case was closed, after what was to be undone.",
        "Open the task and see how it stands now.",
    ),
    ErrorCode(
        "gone_stale",
        409,
        "The page has changed since",
        "Something happened with the case after the page was opened, so nothing was done.",
        "See how it stands now, and press again if it still holds.",
    ),
    ErrorCode(
        "bad_time",
        422,
        "That is no moment",
        "The time cannot be read, or the clocks leave it out on the night in which they change.",
        "Say it as 2026-11-26T22:00; without an offset it is on the depot's own clocks.",
    ),
    ErrorCode(
        "bad_number",
        422,
        "That is no number, or too much",
        "A field of the form holds something that is no whole number, or a larger one than it may.",
        "Give a whole number within what the message says.",
    ),
    ErrorCode(
        "called_unseeing",
        409,
        "They would be called and see nothing",
        "A depot calls this person, and with this change they would see none of its cases.",
        "Take them off the depot's ladder first, or let them see the depot.",
    ),
    ErrorCode(
        "nobody_left",
        409,
        "Nobody is left to call",
        "Everybody on the depot's ladder has been called.",
        "Take the task on, or reach somebody in another way.",
    ),
    ErrorCode(
        "no_number",
        409,
        "There is no number to ring",
        "To be put through, both you and the customer need a number that can be rung.",
        "`detail` says whose is missing. Write to the customer, or have your number entered.",
    ),
    ErrorCode(
        "taken_meanwhile",
        409,
        "Somebody took it on at the same moment",
        "Another person took the task on less than a minute before it was to be passed on.",
        "Leave it to them, or pass it on again in a minute if they cannot do it.",
    ),
    ErrorCode(
        "passed_on",
        409,
        "It was passed on already",
        "The next level has been called since you looked.",
        "Take the task on, or look again and pass it on from there.",
    ),
    ErrorCode(
        "gone_up",
        409,
        "It has gone to somebody above you",
        "The customer asked for somebody in charge, asked a third time, or waited longer than was "
        "said: the next level was called, and the customer was told who answers.",
        "Leave it to them. If you have agreed that you answer, write the answer, or take it on in "
        "the console.",
    ),
    ErrorCode(
        "nothing_to_escalate",
        409,
        "Nobody is called for this case",
        "The case has no task that waits for somebody.",
        "Read the case: it goes on by itself, or it is closed.",
    ),
    ErrorCode(
        "set_aside",
        409,
        "It is old news that was set aside",
        "The courier's news was too old to call anybody unasked. The case waits for a person.",
        "Begin it with `POST /api/v1/cases/<id>/begin` if it is to be handled, or close it.",
    ),
    ErrorCode(
        "address_undecided",
        409,
        "Another address waits for a yes or no",
        "The customer asked to have it brought elsewhere, which nobody has agreed to or refused.",
        "Say yes by putting that address, or yes or no on the page of the task.",
    ),
    ErrorCode(
        "nothing_asked",
        409,
        "The customer has no open question",
        "Everything the customer asked was answered, or they never asked anything.",
        "Read `questions` of the case; `answered_by` names who was first.",
    ),
    ErrorCode(
        "nothing_said",
        422,
        "The answer is empty",
        "There are no words that the customer could read.",
        "Send the answer as `text`.",
    ),
    ErrorCode(
        "nobody_called",
        409,
        "Nobody is called at the moment",
        "Somebody has taken the task on, so there is no call to put off.",
        "Ask whoever has it; `detail` names them.",
    ),
    # Webhooks and callbacks.
    ErrorCode(
        "unknown_account",
        404,
        "There is no such courier account",
        "The last part of the address names no account.",
        "Compare it with `reknock courier list`.",
    ),
    ErrorCode(
        "post_here",
        405,
        "Couriers post to this address",
        "Only POST brings a webhook; GET is for couriers that ask for a challenge.",
        "Use POST.",
    ),
    ErrorCode(
        "missing_signature",
        401,
        "The signature is missing",
        "The header in which this courier signs is not there.",
        "Turn signing on at the courier, or check that no proxy drops the header.",
    ),
    ErrorCode(
        "wrong_signature",
        401,
        "The signature does not match",
        "The body was signed with another secret, or was changed on the way.",
        "Compare the secrets on both sides, and sign the raw body.",
    ),
    ErrorCode(
        "bad_timestamp",
        401,
        "The signed time cannot be read",
        "The signature names a time that is none.",
        "Sign as the courier's documentation says.",
    ),
    ErrorCode(
        "stale_timestamp",
        401,
        "The signed time is too far from now",
        "An old message was repeated, or a clock is wrong.",
        "Set the clocks by NTP, and sign each attempt anew.",
    ),
    ErrorCode(
        "no_secret",
        401,
        "Nothing to verify with",
        "The account has no usable secret, so nobody can be believed.",
        "Give it one: `reknock courier add`.",
    ),
    ErrorCode(
        "unknown_key",
        401,
        "The courier has no such public key",
        "The signature names a key that the courier does not publish.",
        "Check which key the courier signs with.",
    ),
    ErrorCode(
        "keys_unavailable",
        503,
        "The courier's public keys cannot be fetched",
        "The address where the courier publishes its keys does not answer.",
        _AGAIN,
    ),
    ErrorCode(
        "bad_mapping",
        503,
        "The mapping cannot be used",
        "The account's own mapping has a fault, so its messages cannot be verified.",
        "Mend it: `reknock courier try` shows what is wrong. The courier comes again.",
    ),
    ErrorCode(
        "vault_locked",
        503,
        "The account's secrets cannot be opened",
        "They were sealed with another SECRET_KEY.",
        "Set the SECRET_KEY they were sealed with; `reknock doctor` says which accounts.",
    ),
    ErrorCode(
        "bad_signature",
        403,
        "The provider's signature does not match",
        "A callback was not signed by the provider, or our address differs from the one signed.",
        "Set PUBLIC_URL to the address that the provider calls, and check its token.",
    ),
    ErrorCode(
        "not_signed",
        401,
        "No secret of this account has signed this",
        "A word about a booking was not signed as Standard Webhooks say, or too long ago.",
        "Sign it with the secret of the account's connector or of its webhooks.",
    ),
    ErrorCode(
        "unknown_reference",
        404,
        "There is no booking of this name",
        "The account has no booking that its `reference` names.",
        "Send back the `key` that came with the request, your own id, or the tracking number.",
    ),
    # Pages for customers, dispatchers and shippers.
    ErrorCode(
        "unknown_link",
        404,
        "This link is not known",
        "The address is not one that we have sent, or it broke over two lines.",
        "Open the link in the newest message once more.",
    ),
    ErrorCode(
        "link_ended",
        200,
        "This link has ended",
        "The matter was closed a while ago, so the link shows nothing any more.",
        "Look in the console.",
    ),
    ErrorCode(
        "brand_unusable",
        422,
        "The brand cannot be used",
        "A colour that many people could not read, an address that takes no mail, no host name.",
        "`errors` says for each field what is wrong, and suggests a colour that can be read.",
    ),
    ErrorCode(
        "nobody_named",
        422,
        "Nobody is named",
        "Whoever may choose for a customer needs a name, so that it is seen who chose.",
        "Say who it is, such as: my neighbour Kim.",
    ),
    ErrorCode(
        "enough_delegates",
        409,
        "Enough people may choose",
        "Three people at a time may choose for a customer.",
        "Take it back from one of them first.",
    ),
    ErrorCode(
        "not_said_wrong",
        409,
        "Nobody says that it is wrong",
        "Nobody who reads the messages about this parcel says that it is not theirs.",
        _READ,
    ),
    ErrorCode(
        "code_mistyped",
        422,
        "The code is not complete",
        "A code has twelve letters and digits, and its last one tells when another is wrong.",
        "Type it again as it stands in the message.",
    ),
    ErrorCode("no_such_option", 404, "That is not offered", "The choice has gone.", _READ),
    ErrorCode(
        "no_attempt",
        409,
        "No attempt was reported",
        "The courier reported no attempt of this parcel, so there is nothing to say about one.",
        "Look at the case's timeline.",
    ),
    ErrorCode(
        "dispute_settled",
        409,
        "It is decided whether the courier came",
        "Somebody at the depot has found out already whether the courier came.",
        "Read the case's timeline; ask the depot where it is wrong.",
    ),
    ErrorCode(
        "no_such_dispute",
        404,
        "There is no such dispute",
        "No attempt of this case is disputed by this id.",
        "Read the case again.",
    ),
    ErrorCode(
        "nothing_to_undo",
        409,
        "There is nothing to undo",
        "Nothing was chosen, or somebody refused it since: what was before cannot be booked again.",
        "Ask for the options and choose one.",
    ),
    ErrorCode(
        "needs_unusable",
        422,
        "It cannot be passed on like that",
        "What helps somebody at the door is passed on with their consent only, and in few words.",
        "Correct the fields that `errors` names.",
    ),
    ErrorCode(
        "leave_unusable",
        422,
        "It cannot be left like that",
        "A neighbour needs a name or a house number, a safe place some words; both within bounds.",
        "Correct the fields that `errors` names.",
    ),
    ErrorCode("slot_full", 409, "The last place is taken", "Somebody else was faster.", _READ),
    ErrorCode("cutoff_passed", 409, "Too late for this one", "Its time to book is over.", _READ),
    ErrorCode(
        "too_late_to_change",
        409,
        "The booking stands now",
        "The time in which it could be changed is over.",
        _READ,
    ),
    ErrorCode(
        "not_offered",
        409,
        "There is nothing to book",
        "The courier's report leaves nothing that could be delivered once more.",
        _READ,
    ),
    ErrorCode("nothing_booked", 404, "Nothing is booked", "No promise stands now.", _READ),
    ErrorCode("nothing_chosen", 422, "Nothing is chosen", "The form was empty.", "Choose one."),
    ErrorCode(
        "no_such_score", 422, "There is no such score", "Scores go from 1 to 5.", "Choose again."
    ),
    ErrorCode(
        "no_such_language",
        422,
        "The page does not speak this language",
        "There is no catalogue of it.",
        "Choose one of those at the foot of the page.",
    ),
    ErrorCode(
        "not_delivered",
        409,
        "The parcel has not arrived",
        "A survey is for parcels that were delivered.",
        "Wait for the delivery.",
    ),
    ErrorCode(
        "already_decided",
        409,
        "Something else was decided",
        "The shipper, or somebody for them, decided before. Who, what and when is in the document.",
        "While the case is open it can be decided otherwise: with `instead_of`, the `id` in it.",
    ),
    ErrorCode(
        "address_unusable",
        422,
        "The address cannot be used",
        "It does not fit what an order's address must be, or there is none.",
        "Correct each field that stands in `errors`.",
    ),
    ErrorCode(
        "parcel_delivered",
        409,
        "The parcel was delivered",
        "It goes nowhere else, so there is nothing to correct.",
        _READ,
    ),
    ErrorCode(
        "corrected_meanwhile",
        409,
        "Somebody else corrected it",
        "There is a newer version than the one that you saw.",
        "Read it as it is now, and send the correction with its `version`.",
    ),
    ErrorCode(
        "nothing_to_agree",
        409,
        "Nobody waits for it",
        "No other address is asked for, or no longer.",
        _READ,
    ),
    ErrorCode(
        "no_reason",
        422,
        "Nobody said why",
        "The other address was refused without a reason, or with one of more than 200 characters.",
        "Say in a few words why it cannot go there: the customer reads them.",
    ),
    ErrorCode("no_words", 422, "There are no words", "The form was empty.", "Write something."),
    ErrorCode(
        "no_such_act", 422, "The page cannot do that", "The form names an act it lacks.", _READ
    ),
    ErrorCode(
        "no_such_channel",
        422,
        "The customer is not written to by this channel",
        "Nothing about this case goes to the customer by the channel that was named.",
        "Name one of the channels by which the case has a number or an address.",
    ),
    ErrorCode(
        "not_between",
        422,
        "These are no hours of one day",
        "The hours in which somebody wants to be written to end before they begin, or at once.",
        "Write them as `10:00-19:00`, at least an hour apart.",
    ),
    # Figures for operators.
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
    # The playground.
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
    ErrorCode(
        "no_sample", 409, "There is no sample for this", "The courier documents none.", _READ
    ),
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
    # Commands at the terminal.
    ErrorCode("no_such_key", 404, "There is no such key", "No key has the id.", "List the keys."),
    ErrorCode("key_over", 409, "The key is valid no more", "It ended.", "Create a new one."),
    ErrorCode(
        "no_such_batch", 404, "There is no such batch", "No batch of orders has the id.", _READ
    ),
    ErrorCode(
        "decided", 409, "The batch was decided before", "It was released or discarded.", _READ
    ),
    ErrorCode(
        "no_such_event", 404, "There is no such event", "No message with the id was kept.", _READ
    ),
    ErrorCode(
        "no_such_person", 404, "There is no such person", "Nobody has the id.", "List the people."
    ),
    ErrorCode(
        "person_unusable",
        422,
        "This person cannot be kept so",
        "A name, a number, an address or a way to reach them does not fit.",
        "Correct each field that stands in `errors`.",
    ),
    ErrorCode(
        "shipper_unusable",
        422,
        "This shipper cannot be kept so",
        "A name, a country, a number or an address does not fit.",
        "Correct each field that stands in `errors`.",
    ),
    ErrorCode(
        "account_exists",
        409,
        "There is such an account already",
        "A courier account has this name, and its address is in use.",
        "Choose another name, or change the account that is there.",
    ),
    ErrorCode(
        "account_unusable",
        422,
        "This courier account cannot be kept so",
        "A name, a secret, a rule or a setting does not fit its courier.",
        "Correct each field that stands in `errors`.",
    ),
    ErrorCode(
        "key_unusable",
        422,
        "This key cannot be made",
        "What it is for, its role, or whose cases it opens does not fit together.",
        "Correct each field that stands in `errors`.",
    ),
    ErrorCode(
        "no_such_shipper", 404, "There is no such shipper", "No shipper has this name.", _READ
    ),
    ErrorCode(
        "policy_unusable",
        422,
        "This policy cannot be used",
        "It could leave a case hanging, or a value of it means nothing.",
        "Correct each place that stands in `errors`; `reknock policy check` says the same.",
    ),
    ErrorCode(
        "dry_runs_wait",
        409,
        "Other policies are being tried",
        "Only a few replays of past cases wait at a time.",
        "Try it again in a minute.",
    ),
    ErrorCode(
        "not_offered_so",
        422,
        "A depot cannot offer that",
        "A window, a closed day or a pickup point does not fit, or is there already.",
        "Read `detail` and correct the form.",
    ),
    ErrorCode(
        "endpoint_unusable",
        422,
        "Nothing can be written there",
        "The address is none of a service that we write to, or asks for more than words.",
        "Paste it as the service shows it; `detail` gives an example.",
    ),
    ErrorCode(
        "too_many_endpoints",
        409,
        "There are enough already",
        "A person or a depot is written to at ten addresses at most.",
        "Remove one first.",
    ),
    ErrorCode(
        "not_a_person",
        409,
        "A machine is signed in",
        "The key belongs to nobody who could be called.",
        "Sign in as yourself.",
    ),
    ErrorCode(
        "endpoint_paused",
        409,
        "This endpoint is paused",
        "Nothing is posted to it at the moment.",
        'Let it go on first: PATCH it with `{"state": "active"}`.',
    ),
    ErrorCode("no_such_endpoint", 404, "It is gone", "Somebody has removed it.", _READ),
    ErrorCode(
        "not_oneself",
        409,
        "Nobody changes what they may themselves",
        "It is about the very person who asks.",
        "Let another admin do it.",
    ),
    ErrorCode(
        "for_an_admin",
        403,
        "That is for an admin",
        "A supervisor manages the dispatchers of their own depots, and what these depots offer.",
        "Ask an admin.",
    ),
    ErrorCode(
        "is_catch_all",
        409,
        "This person is a depot's last level",
        "Without them a depot would have nobody to call in the end.",
        "Give the depots that `detail` names another catch-all first.",
    ),
    ErrorCode(
        "no_such_member",
        422,
        "Somebody who is named does not exist",
        "Nobody who can be called has one of the ids.",
        "Look the ids up with `reknock user list`.",
    ),
    ErrorCode(
        "no_such_rota", 404, "There is no such rota", "No rota has the name.", "List the rotas."
    ),
    ErrorCode(
        "no_such_override",
        404,
        "There is nothing to take back",
        "Who stands in was taken back already, or this was never said.",
        "Look at the rota.",
    ),
    ErrorCode(
        "cover_over",
        409,
        "The shift is over",
        "Cover was asked for a time that has passed.",
        "There is nothing to do.",
    ),
    ErrorCode(
        "rota_changed",
        409,
        "Somebody changed the rota meanwhile",
        "The rota has another version than the one you changed. Nothing was kept.",
        "Read it again, then change it.",
    ),
    ErrorCode(
        "rota_in_use",
        409,
        "A ladder names this rota",
        "A level would be empty without it.",
        "Name somebody else at the levels that `detail` names, then remove it.",
    ),
    ErrorCode(
        "shifts_overlap",
        422,
        "Somebody would have two shifts at once",
        "Two shifts of the rota are at the same time, and one person would be on duty in both.",
        "Change the hours of one shift, or who takes it.",
    ),
    ErrorCode(
        "hours_overlap",
        422,
        "Opening hours overlap",
        "Two spans of the depot's week are at the same time, perhaps over midnight.",
        "Make them one span, or let one end before the other begins.",
    ),
    ErrorCode(
        "last_level_empty",
        422,
        "The last level cannot be empty",
        "Somebody must be left who can be called.",
        "Name a person with a number or an address.",
    ),
    ErrorCode(
        "bad_calendar",
        422,
        "The calendar cannot be read",
        "A part of it could not be understood, so nothing was changed.",
        "`errors` names the lines. Mend them at the calendar's source and send it again.",
    ),
    ErrorCode(
        "bad_slug",
        422,
        "This name cannot stand in an address",
        "A slug has lower-case letters, digits and hyphens.",
        "Choose another one.",
    ),
    ErrorCode(
        "bad_zone",
        422,
        "There is no such time zone",
        "Time zones have the names of the IANA database.",
        "Write it like Europe/Berlin or UTC.",
    ),
    ErrorCode(
        "other_courier",
        409,
        "The account belongs to another courier",
        "An account keeps the courier it was made for.",
        "Make a new account.",
    ),
)

CODES = {code.code: code for code in _TABLE}


def http_code(name: str) -> str:
    """The code of an HTTP error that is named so, as `Not Found`."""
    return re.sub(r"[^a-z]+", "_", name.lower()).strip("_") or "error"


_PLAIN = {
    http_code(error().name or ""): ErrorCode(
        http_code(error().name or ""),
        status,
        (error().name or "").capitalize(),
        error().description or "",
        "Compare the request with the reference.",
    )
    for status, error in default_exceptions.items()
}
"""What HTTP itself can answer, in its own words, where the table says no more."""


def find(code: str) -> ErrorCode | None:
    """What is said of a code; None when there is none."""
    return CODES.get(code) or _PLAIN.get(code)

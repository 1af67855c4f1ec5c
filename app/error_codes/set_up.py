"""What is set up: people, depots, shippers, accounts, keys, rotas."""

from __future__ import annotations

from app.error_codes.code import READ, ErrorCode

TABLE = (
    ErrorCode(
        "gesture_unusable",
        422,
        "These rules or codes cannot be used",
        "An amount, a number or a word of them is none; `errors` names each by its field.",
        "Correct what is named.",
    ),
    ErrorCode(
        "no_gesture_rules",
        409,
        "This shipper gives nothing yet",
        "Codes are worth an amount of a currency, which the shipper's rules say.",
        "Put its rules first: `PUT /api/v1/shippers/{shipper}/gesture-rules`.",
    ),
    ErrorCode("no_such_key", 404, "There is no such key", "No key has the id.", "List the keys."),
    ErrorCode("key_over", 409, "The key is valid no more", "It ended.", "Create a new one."),
    ErrorCode(
        "no_such_batch", 404, "There is no such batch", "No batch of orders has the id.", READ
    ),
    ErrorCode(
        "decided", 409, "The batch was decided before", "It was released or discarded.", READ
    ),
    ErrorCode(
        "no_such_event", 404, "There is no such event", "No message with the id was kept.", READ
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
        "no_such_shipper", 404, "There is no such shipper", "No shipper has this name.", READ
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
    ErrorCode("no_such_endpoint", 404, "It is gone", "Somebody has removed it.", READ),
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
)

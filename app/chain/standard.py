"""The standard policy: what Reknock does unless a shipper wants it otherwise."""

from __future__ import annotations

from typing import Any

MINUTE, HOUR, DAY = 60, 3600, 86400

_CHOSEN = [
    {"cancel": step}
    for step in (
        "notify_customer",
        "remind_customer",
        "give_news",
        "choose_default",
        "keep_promise",
    )
]
"""What no longer has to happen once something is booked."""

NIGHT: dict[str, Any] = {
    "from": "21:00",
    "to": "08:00",
    "sundays": "09:00",
    "by_place": True,  # longer where custom says so, see app/locality/quiet.toml
    "any_hour": ["booking", "question"],  # what they asked for, if it is about this
}

STANDARD: dict[str, Any] = {
    "start": "validate_contact",
    # step → outcome → what follows: `arm` a step, `hasten` one that waits (make it due now),
    # or `cancel` it. An armed step is due `in` seconds from the outcome, or from the case's
    # time named by `at`, but never in the past.
    "after": {
        "validate_contact": {
            "reachable": [
                {"arm": "call_dispatcher"},
                {"arm": "notify_customer", "at": "opened_at", "in": 20 * MINUTE},
                {"arm": "choose_default", "at": "choose_by"},
            ],
            "email_only": [
                {"arm": "look_up_contact"},
                {"arm": "call_dispatcher"},
                {"arm": "notify_customer", "at": "opened_at", "in": 20 * MINUTE},
                {"arm": "choose_default", "at": "choose_by"},
            ],
            "unreachable": [
                {"arm": "look_up_contact"},
                {"arm": "call_dispatcher"},
                {"arm": "choose_default", "at": "choose_by"},
            ],
            # a number that came later: the customer hears as soon as the patience allows
            "supplied": [
                {"cancel": "look_up_contact"},
                {"cancel": "request_contact"},
                {"arm": "notify_customer", "at": "opened_at", "in": 20 * MINUTE},
            ],
            "supplied_acknowledged": [
                {"cancel": "look_up_contact"},
                {"cancel": "request_contact"},
                {"arm": "notify_customer"},
            ],
            # nothing but a call reaches them: whoever is called for the case hears it at once
            "supplied_to_call": [
                {"cancel": "look_up_contact"},
                {"cancel": "request_contact"},
                {"arm": "tell_to_call"},
            ],
        },
        # found: it is supplied; else, or where there is nothing to ask, a person is asked
        "look_up_contact": {"*": [{"arm": "request_contact"}]},
        "supply_contact": {
            # a courier hears of it once it was checked
            "*": [{"arm": "validate_contact"}, {"arm": "pass_on_correction", "in": MINUTE}]
        },
        "send": {"undeliverable": [{"arm": "request_contact"}]},
        "call_dispatcher": {
            "acknowledged": [{"hasten": "notify_customer"}],
            "exhausted": [{"hasten": "notify_customer"}],
        },
        "notify_customer": {
            "told": [
                {"arm": "remind_customer", "in": 4 * HOUR},
                {"arm": "give_news", "at": "news_by", "in": -1 * HOUR},
            ],
            # a number that came after the choice: what stands is confirmed there too
            "booked": [{"arm": "schedule_redelivery"}],
        },
        "choose": {
            "redelivery": [{"arm": "schedule_redelivery"}, *_CHOSEN],
            "pickup": [{"arm": "schedule_pickup"}, *_CHOSEN],
        },
        "schedule_redelivery": {
            "confirmed": [{"arm": "keep_promise", "at": "news_by", "in": -1 * HOUR}]
        },
        "schedule_pickup": {
            "confirmed": [{"arm": "keep_promise", "at": "news_by", "in": -1 * HOUR}]
        },
        "keep_promise": {
            "broken": [
                {"arm": "call_dispatcher"},
                {"arm": "remind_customer", "in": 4 * HOUR},
                {"arm": "give_news", "at": "news_by", "in": -1 * HOUR},
                {"arm": "choose_default", "at": "choose_by"},
                {"arm": "gesture_for_promise", "in": 30 * MINUTE},
            ],
        },
        "hear_courier": {
            "promise_broken": [{"arm": "keep_promise"}],
            "worse": [
                {"cancel": "keep_promise"},
                {"arm": "call_dispatcher"},
                {"arm": "notify_customer"},
                {"arm": "choose_default", "at": "choose_by"},
            ],
        },
        # what only the shipper can decide; what ends the case is followed by `close` first
        "decide": {
            "send_again": [
                {"cancel": "keep_promise"},
                {"cancel": "call_dispatcher"},
                {"cancel": "notify_customer"},
                {"arm": "end_calls"},
                {"arm": "tell_decision"},
                {"arm": "remind_customer", "in": 4 * HOUR},
                {"arm": "give_news", "at": "news_by", "in": -1 * HOUR},
                {"arm": "choose_default", "at": "choose_by"},
            ],
            "*": [{"arm": "tell_decision"}],
        },
        # another address that the customer asked for: somebody has to agree, and then they hear it
        "correct": {
            "made": [{"arm": "pass_on_correction"}],
            "asked": [{"arm": "call_for_question"}],
            "agreed": [{"arm": "tell_correction"}],
            "refused": [{"arm": "tell_correction"}],
        },
        "close": {
            "delivered": [{"arm": "stand_down"}, {"arm": "follow_up", "in": 2 * HOUR}],
            "collected": [{"arm": "stand_down"}, {"arm": "follow_up", "in": 2 * HOUR}],
            "returned": [{"arm": "stand_down"}, {"arm": "follow_up", "in": 2 * HOUR}],
            "returned_to_sender": [{"arm": "stand_down"}, {"arm": "follow_up", "in": 2 * HOUR}],
            "*": [{"arm": "stand_down"}],
        },
        "survey": {
            "low": [{"arm": "recover"}, {"arm": "gesture_for_rating"}],
            "good": [{"arm": "thank"}],
        },
        # what came of calling back; then the customer is asked once whether it is good now
        "recovered": {
            "gesture": [{"arm": "make_gesture"}, {"arm": "ask_if_good", "in": DAY}],
            "refund_asked": [{"arm": "ask_refund"}, {"arm": "ask_if_good", "in": DAY}],
            "*": [{"arm": "ask_if_good", "in": DAY}],
        },
        # the shipper's rules say whether there is one; it comes within the hour
        "gesture": {
            "asked": [{"arm": "gesture_ends", "in": 3 * DAY}],
            "made": [{"arm": "tell_gesture"}],
        },
        # any hour that a customer was told, also for news, an answer or a call
        "promise": {"broken": [{"arm": "gesture_for_promise", "in": 30 * MINUTE}]},
        "good_now": {"yes": [{"arm": "thank"}], "no": [{"arm": "recover_again"}]},
    },
    "recycled_after": 14 * DAY,  # so long after a delivery its number is another parcel's
    "old_after": 14 * DAY,  # what happened longer ago calls nobody until a person begins it
    "old_ends": 30 * DAY,  # and is closed when nobody did
    "return_after": 7 * DAY,  # from the first failed attempt, when the courier says nothing
    "return_margin": 1 * DAY,  # a silent customer's default is booked this long before that
    "choose_within": 2 * DAY,  # then the policy chooses for them
    "news_every": 24 * HOUR,  # the customer never waits longer for a word
    "news_margin": 1 * HOUR,  # the word goes out this long before it was promised
    "place_kept": 2 * HOUR,  # a place that became free is kept for who waited longest
    "next_way_after": 30 * MINUTE,  # no word that it arrived: the next channel is used too
    "unread_after": 4 * HOUR,  # the same for what nobody has read on WhatsApp
    "few_places": 2,  # left on a day at a depot: whoever is in charge there is told
    "unasked_a_day": 3,  # messages about one parcel that the customer did not ask for; what
    "unasked_a_week": 6,  # they must know goes out all the same, and what is spare gives way
    "ask_again": 24 * HOUR,  # between two requests for a missing contact
    "ask_times": 3,
    "decision_reminders": [4 * HOUR, 24 * HOUR],  # after the shipper was asked to decide
    "decision_within": 48 * HOUR,  # then the ladder is called for the shipper's decision
    "decision_ends": 14 * DAY,  # then the customer is told that the shipper does not answer
    "gather_within": 5 * MINUTE,  # after a call, what follows for that person waits so long
    "staff_read_names": True,  # messages to staff say the recipient's name and street
    "catch_all_every": 15 * MINUTE,
    "catch_all_times": 3,  # then nobody was there: the pause doubles with each call
    "catch_all_longest": 4 * HOUR,  # and is never longer, for as long as nobody takes it on
    "catch_all_an_hour": 6,  # of these later calls, whatever for, that one person gets
    "default": "redelivery",
    "promise_grace": 2 * HOUR,  # after the window, before we call it broken
    "confirm_within": 4 * HOUR,  # then the customer knows whether what they chose is certain
    "handover_retry": [10, 30, MINUTE, 5 * MINUTE, 15 * MINUTE],  # then the last again and again
    "watch_before": 2 * HOUR,  # before a window: the parcel should be out for delivery by then
    "survey_messages": "by_place",  # asked by message, but where that is advertising by law
    "survey_again": 2 * DAY,
    "survey_ends": 7 * DAY,
    "link_kept": 30 * DAY,  # after the end, so long the customer's link opens their page
    "low_score": 3,  # up to this the dispatcher is called to make it good
    "recover_within": 4 * HOUR,  # of the depot's working hours; the customer is told the hour
    "quiet_hours": NIGHT,  # of the customer, on the clocks of the address; None: there are none
    "done_within": 4 * HOUR,  # of the depot's working hours; then who took a task on has it no more
    "remind_before": 30 * MINUTE,  # who took it on is reminded, or at half of a shorter time
    "undo_within": 30 * MINUTE,  # so long a 0 takes back what an answer of theirs booked
    "answer_within": 2 * HOUR,  # of the depot's working hours, once a customer asked something
}

LATER = ("decide", "correct", "recovered", "good_now", "gesture", "promise")
"""What came after policies had been stored: one that does not name it does as the standard does."""

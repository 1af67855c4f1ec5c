"""Why something cannot be done on the customer's page, in words for them.

A code that is not here is said in the words of whoever refused.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.errors import Problem
from app.languages.language import Language, mark

_REFUSED = {
    "address_unusable": mark("Please correct what is marked."),
    "case_closed": mark("There’s nothing left to do here: this is settled."),
    "contact_unusable": mark("Please correct what is marked."),
    "corrected_meanwhile": mark("It was corrected meanwhile. Please look at it as it is now."),
    "cutoff_passed": mark("It is too late to book that one. Please choose a later one."),
    "leave_unusable": mark("Please correct what is marked."),
    "dispute_settled": mark("Somebody at the depot has decided this already."),
    "needs_unusable": mark("Please correct what is marked."),
    "no_attempt": mark("The courier hasn’t reported trying to deliver this parcel."),
    "no_such_act": mark("This page cannot do that."),
    "no_such_language": mark("This page does not speak that language yet."),
    "no_such_option": mark("That is not offered, or no longer. Please choose another one."),
    "no_such_score": mark("Choose from 1 to 5, please."),
    "not_between": mark("Please choose a later hour for the end."),
    "not_delivered": mark("Nothing was delivered yet. We’ll ask you once your parcel is there."),
    "not_offered": mark("There is nothing to book for this parcel at the moment."),
    "nothing_booked": mark("Nothing is booked at the moment."),
    "nothing_to_undo": mark("There is nothing to undo. Please choose again."),
    "nothing_chosen": mark("Please choose one of these first."),
    "parcel_delivered": mark("The parcel was delivered; it goes nowhere else."),
    "photo_broken": mark("This photo is damaged and can’t be read. Please send it again."),
    "photo_format": mark("We can’t read this photo. Please send it as JPEG, PNG or WebP."),
    "photo_too_large": mark("This photo is too large. Please send a smaller one."),
    "photos_away": mark("The photo can’t be stored at the moment. Please try again."),
    "too_many_photos": mark("That’s too many photos. Please send fewer."),
    "set_aside": mark(
        "The courier’s news of this parcel is old, so nothing can be booked before somebody at the "
        "depot has looked at it."
    ),
    "nobody_named": mark("Say who it is, so that you see who chose."),
    "enough_delegates": mark("Three people may choose for you already."),
    "slot_full": mark("The last place there has just been taken. Please choose another one."),
    "too_late_to_change": mark("It is too late to change it: everything is under way."),
}
_FAULTS = {
    "extension": mark("Please leave out the extension: a text message cannot dial it."),
    "missing": mark("This is needed."),
    "no_text_messages": mark("Text messages do not reach this number. Please give a mobile one."),
    "premium": mark("Text messages do not reach this number. Please give a mobile one."),
    "too_long": mark("This is too long."),
    "too_short": mark("This is too short."),
    "unknown_country": mark("We do not know this country. Its two letters will do, such as DE."),
    "unknown_country_code": mark("We do not know the country code of this number."),
}
_UNUSABLE = mark("This cannot be used. Please check it once more.")
PAGES = (
    mark("This link is not known. Please open it from your message again."),
    mark("This link is not known."),
    mark("Nothing is booked at the moment."),
    mark("Our records cannot be reached at the moment. Nothing is lost; please try again."),
)
"""What is said on a page of its own, in these words."""


def words(language: Language, problem: Problem) -> str:
    """Why, and what to do instead."""
    known = _REFUSED.get(problem.code)
    return language.say(known) if known else problem.detail


def faults(language: Language, problem: Problem | None) -> Mapping[str, str]:
    """What is wrong with each field of a form."""
    found = (problem.errors if problem else None) or ()
    return {fault["field"]: language.say(_FAULTS.get(fault["code"], _UNUSABLE)) for fault in found}

"""What a customer's words want, by when they are answered, and when they go up. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta

from app.questions.model import Question, Wants

THIRD = 3
"""Whoever has to ask so often without anything moving is heard by the next level."""
_LONGEST_WAIT = timedelta(hours=24)

# After a delivery. The parcel has to be named beside what it lacks: "I was not there" says where
# the customer was, "it is not there" where the parcel is.
_THING = r"(?:it|parcel|package|packet|delivery|order|item|box|anything|everything)"
_NO = r"(?:not|never|n['’]?t|no)"
_MISSING = re.compile(
    rf"""
    \b(?:has|have|had|did|was|were|is)?\s*{_NO}\s+(?:yet\s+|actually\s+|even\s+|ever\s+)*
        (?:got(?:ten)?|get|received?|seen?|find|found|have)\s+(?:the\s+|my\s+|a\s+|any\s+|your\s+)?{_THING}\b
    | \b(?:do|did|have|has)\s*n?['’]?t\s+(?:have|got)\s+(?:the\s+|my\s+)?{_THING}\b
    | \b{_THING}(?:['’]s|\s+is|\s+was|\s+has|\s+did|\s+does|\s+have)?\s*{_NO}\s+
        (?:yet\s+|actually\s+|even\s+)*(?:been\s+)?
        (?:here|there|arrived?|come|came|received|delivered|with\s+me|at\s+my|in\s+my|show(?:n|ed)?)\b
    | \b(?:{_THING}|it['’]s)\s+(?:is\s+|was\s+|has\s+|has\s+been\s+|seems\s+|must\s+be\s+)?
        (?:missing|stolen|gone)\b
    | \b(?:nothing|no\s+(?:parcel|package|packet|delivery))\s+
        (?:is\s+|was\s+|has\s+|has\s+been\s+|ever\s+)*(?:here|there|came|come|arrived|received|delivered|in\s+sight)\b
    | \bwhere(?:['’]s|\s+is)\s+(?:it|my|the)\b
    | \bwrong\s+(?:address|house|door|flat|apartment|neighbou?r|street)\b
    | ^\W*(?:not|never)\s+(?:received|arrived|delivered)\b
    | \b(?:nicht|nie)\s+(?:angekommen|erhalten|bekommen|da)\b | \bkein\s+paket\b
    | \bhabe?\s+(?:es|das\s+paket|die\s+sendung)\s+(?:noch\s+|leider\s+)?
        nicht\s*(?:[.!?,;]|$)
    | \bpas\s+(?:re[cç]u|arriv[eé]|l[aà])\b | \bne\s+l'ai\s+pas\b
    | \bno\s+(?:ha|lo\s+he|la\s+he|he)\s+(?:llegado|recibido)\b | \bno\s+l[oa]\s+tengo\b
    | \b(?:niet|nooit|geen\s+pakket)\s+(?:ontvangen|gekregen|aangekomen|bezorgd)\b
    | \bheb\s+(?:het|mijn\s+pakket)\s+niet\b
    | \bnie\s+(?:dosta[lł]\w*|otrzyma[lł]\w*|dotar[lł]\w*|przysz[lł]\w*)
    | \bnie\s+mam\s+(?:paczki|przesy[lł]ki|jej)\b
    | नहीं\s+(?:मिला|मिली|आया|पहुँचा|पहुंचा)
    | لم\s+(?:يصل|تصل|أستلم|استلم|نستلم)
    """,
    re.VERBOSE,
)
_THEMSELVES = re.compile(r"\b(?:i|we)\s*(?:was|were|am|are|['’]m)\s*(?:n['’]?t|not)\s+\w+")
_IN_CHARGE = re.compile(
    r"\b(?:in charge|(?<!building )(?<!property )(?<!house )manager|supervisor|your boss|"
    r"somebody higher|someone higher|complain(?:t|ing)?|chef|vorgesetzte\w*|responsable|"
    r"encargad[oa]|leidinggevende|kierowni\w+|prze[lł]o[zż]on\w+)\b|मैनेजर|प्रबंधक|المدير|المسؤول"
)
_PERSON = re.compile(
    r"\b(?:(?:speak|talk)\s+(?:to|with)\s+(?:a|an|some|any|the|your|real)|real\s+person|human|"
    r"(?:call|ring|phone)\s+me)"
)
_DENIES = re.compile(r"\b(?:do\s?n['’]?t|not|never|no|without)\b")
_COURTESY = re.compile(
    r"(?:ok(?:ay)?|thanks?|thank you|thx|cheers|great|perfect|got it|super|bye|"
    r"danke(?:sch[oö]n)?|vielen dank|alles klar|merci|beaucoup|gracias|muchas|vale|"
    r"bedankt|dank (?:je|u)(?: wel)?|dzi[eę]ki|dzi[eę]kuj[eę]|धन्यवाद|शुक्रिया|dhanyava+d|shukriya|"
    r"شكرا(?:ً)?|جزيلا|shukran|so much|very much|a lot|[\s.,!:)(👍🙏😊🙂-])*"
)


def wants(text: str, *, delivered: bool) -> Wants:
    """What these words ask for; only after a delivery can they say that the parcel is not there."""
    words = _plain(text)
    if _IN_CHARGE.search(words):
        return Wants.IN_CHARGE
    if delivered and _MISSING.search(_THEMSELVES.sub(" ", words)):
        return Wants.PARCEL
    if _PERSON.search(words) and not _DENIES.search(words):
        return Wants.PERSON
    return Wants.ANSWER


def only_courtesy(text: str) -> bool:
    """Whether nothing is asked: "ok, thanks". It is answered, and does not count as asking."""
    words = _plain(text)
    return bool(words) and _COURTESY.fullmatch(words) is not None


def goes_up(wanted: Wants, text: str, before: int, waiting: Sequence[Question] = ()) -> bool:
    """Whether the next level is called at once; `before` counts contacts since anything moved.

    What is `waiting`, oldest first, went up for the same reason once and does not do so again: who
    is called then answers all of it.
    """
    if wanted is Wants.IN_CHARGE:
        return all(question.wants is not Wants.IN_CHARGE for question in waiting)
    since_third = waiting[-(before + 1 - THIRD) :] if before >= THIRD else ()
    has_gone_up = any(not only_courtesy(question.text) for question in since_third)
    return before + 1 >= THIRD and not only_courtesy(text) and not has_gone_up


def within(usual: timedelta, late: int) -> timedelta:
    """How long the next hour that is promised is away: each time longer, at most a day."""
    return min(usual * float(2 ** min(late, 10)), max(usual, _LONGEST_WAIT))


def warn_at(question: Question, usual: timedelta) -> datetime:
    """When a customer without an answer is told that it takes longer: before the hour passes."""
    return question.answer_by - min(timedelta(minutes=20), usual / 4)


def next_look(questions: Sequence[Question], usual: timedelta) -> datetime:
    """When the soonest of these open questions is looked at again."""
    return min(warn_at(question, usual) for question in questions)


def _plain(text: str) -> str:
    words = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return re.sub(r"\s+", " ", words).strip()

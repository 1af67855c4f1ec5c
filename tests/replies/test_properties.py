"""What holds for any reply, whatever its words."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.replies import fitting, rules, vocabulary
from app.replies.fitting import Offered
from app.replies.meaning import Act
from app.replies.text import tokens
from app.replies.vocabulary import Piece
from tests.replies.conftest import COUNTRIES, lines, meant

_BOOKING = {Act.OPTION, Act.WISH, Act.YES, Act.PICKUP}
_UNDERSTOOD = [(code, line.rpartition(" = ")[0]) for code, line in lines("understood")]
_WORDS = {
    code: sorted({" ".join(phrase) for phrase in known.phrases})
    for code, known in vocabulary.known().items()
}
_DENIALS = {
    code: sorted({" ".join(p) for p, said in known.phrases.items() if (Piece("not"),) in said})
    for code, known in vocabulary.known().items()
}
_SENTENCES = st.sampled_from(sorted(_WORDS)).flatmap(
    lambda code: st.tuples(
        st.just(code), st.lists(st.sampled_from(_WORDS[code]), min_size=1, max_size=6)
    )
)


@given(_SENTENCES, st.data())
def test_nothing_is_ever_booked_from_a_sentence_with_a_negation(sentence, data):
    code, words = sentence
    place = data.draw(st.integers(0, len(words)))
    denial = data.draw(st.sampled_from(_DENIALS[code]))
    said = " ".join([*words[:place], denial, *words[place:]])
    acts = {one.act for one in rules.read(said, code, COUNTRIES[code])}
    assume(f" {denial} " in f" {' '.join(t.text for t in tokens(said))} ")
    assert not acts & _BOOKING or _is_part(said, denial, code)


def _is_part(said, denial, code):
    """Whether the denial became a part of a longer phrase, which says something else."""
    words = [token.text for token in tokens(said)]
    return any(
        len(phrase) > 1
        and denial.split()[0] in phrase
        and f" {' '.join(phrase)} " in f" {' '.join(words)} "
        for phrase in vocabulary.known()[code].phrases
    )


@pytest.mark.parametrize("code", COUNTRIES)
def test_a_reply_that_is_understood_is_not_any_more_once_it_is_denied(code):
    """In front, and behind the first word."""
    for language, said in _UNDERSTOOD:
        if language != code:
            continue
        for denial in _DENIALS[code]:
            head, _, tail = said.partition(" ")
            for denied in (f"{denial} {said}", f"{head} {denial} {tail}"):
                acts = {one.act for one in rules.read(denied, code, COUNTRIES[code])}
                assert not acts & _BOOKING, denied


@given(st.sampled_from(_UNDERSTOOD), st.data())
def test_one_word_that_nobody_knows_makes_all_of_it_a_persons(understood, data):
    code, said = understood
    words = said.split()
    place = data.draw(st.integers(0, len(words)))
    strange = data.draw(st.sampled_from(["zxqv", "grmpf", "खखखख", "ظظظظ", "€"]))
    assert meant(" ".join([*words[:place], strange, *words[place:]]), code) == ""


_ZEROS = [ord(zero) for zero in "0٠۰०০０𝟎"]


@given(st.sampled_from(_UNDERSTOOD), st.sampled_from(_ZEROS))
def test_digits_of_every_script_are_equal(understood, zero):
    code, said = understood
    other = "".join(chr(zero + int(c)) if c.isascii() and c.isdigit() else c for c in said)
    assert meant(other, code) == meant(said, code)


@given(st.sampled_from(_UNDERSTOOD))
def test_capitals_and_marks_at_the_end_change_nothing(understood):
    code, said = understood
    assume("ß" not in said)
    assert meant(said.upper(), code) == meant(said, code)
    if said[-1].isalnum():
        assert meant(f"  {said}! ", code) == meant(said, code)


@given(st.text(max_size=500), st.sampled_from(sorted(COUNTRIES)))
def test_any_text_is_read_or_left_to_a_person(said, code):
    rules.read(said, code, COUNTRIES[code])


_ZONE = ZoneInfo("Europe/Berlin")
_SLOTS = [
    Offered(
        f"slot:{day}{n}",
        datetime(2026, 11, day, begins, tzinfo=_ZONE),
        datetime(2026, 11, day, ends, tzinfo=_ZONE),
    )
    for day in (26, 27, 28, 30)
    for n, (begins, ends) in enumerate([(8, 12), (12, 16), (17, 20)])
]


@given(st.sampled_from(_UNDERSTOOD), st.sets(st.sampled_from(range(len(_SLOTS)))))
def test_only_what_is_on_offer_is_ever_meant(understood, kept):
    code, said = understood
    on_offer = [_SLOTS[n] for n in sorted(kept)]
    listed = [one.choice for one in on_offer[:3]]
    found = fitting.fits(
        rules.read(said, code, COUNTRIES[code]), listed, on_offer, date(2026, 11, 26)
    )
    assert set(found.choices) <= {one.choice for one in on_offer}

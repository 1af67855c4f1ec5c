from __future__ import annotations

import re

import pytest

from app.booking.rows import BookingKind, BookingState, ChosenBy
from app.channels.states import MessageState, NotSent, providers_code, reason_words, state_words
from app.dispatch.states import TaskKind, TaskState
from tests.channels.world import read


@pytest.mark.parametrize(
    ("constraint", "states"),
    [
        ("messages_state_check", MessageState),
        ("dispatch_tasks_kind_check", TaskKind),
        ("dispatch_tasks_state_check", TaskState),
        ("bookings_kind_check", BookingKind),
        ("bookings_state_check", BookingState),
        ("bookings_chosen_by_check", ChosenBy),
    ],
)
def test_the_table_and_the_code_know_the_same_states(case, constraint, states):
    (row,) = read(
        "SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conname = %s", constraint
    )
    assert set(re.findall(r"'(\w+)'::text", row["text"])) == set(states)


def test_every_state_and_every_reason_has_words_of_its_own():
    assert len({state_words(state) for state in MessageState}) == len(MessageState)
    assert len({reason_words(reason) for reason in NotSent}) == len(NotSent)
    assert not [reason for reason in NotSent if reason_words(reason) == reason.replace("_", " ")]


@pytest.mark.parametrize(
    ("code", "words", "beside"),
    [
        ("twilio_30003", "their phone was off or out of reach", "twilio 30003"),
        ("twilio_99999", "twilio 99999", ""),
        ("smtp_550", "smtp 550", ""),
        ("not_a_mobile", "no text message reaches this number: it is a landline", ""),
        (None, "", ""),
    ],
)
def test_a_providers_own_code_is_shown_by_its_name(code, words, beside):
    assert (reason_words(code), providers_code(code)) == (words, beside)

"""Nobody who asks us reads a library's words."""

from __future__ import annotations

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError, fields, validate

from app import plain

_FIELDS = {
    name: field
    for name, field in inspect.getmembers(fields, inspect.isclass)
    if issubclass(field, fields.Field) and field is not fields.Field
}


@pytest.mark.parametrize("name", _FIELDS)
def test_every_fault_of_a_field_is_said_in_plain_words(name):
    for cls in _FIELDS[name].__mro__:
        for said in getattr(cls, "default_error_messages", {}).values():
            if "{" not in said:
                assert plain.fault(said) != said, (name, said)


@given(st.text(alphabet="ab .,", max_size=40), st.integers(4, 50))
def test_a_text_is_cut_at_a_word_and_never_too_long(text, most):
    cut = plain.cut(text, most)
    assert len(cut) <= most
    assert cut == text if len(text) <= most else cut.endswith("...")
    kept = cut.removesuffix("...")
    assert text.startswith(kept)


def test_no_word_is_cut_that_has_another_before_it():
    assert plain.cut("We'll make a second try", 20) == "We'll make a..."
    assert plain.cut("Unpronounceable", 10) == "Unprono..."


def test_faults_with_numbers_keep_them():
    class Told(Schema):
        name = fields.String(required=True, validate=validate.Length(min=1, max=9))
        count = fields.Integer(validate=validate.Range(min=1, max=7))
        kind = fields.String(validate=validate.OneOf(["a", "b"]))
        at = fields.AwareDateTime()

    with pytest.raises(ValidationError) as refused:
        Told().load({"name": "", "count": 8, "kind": "c", "at": "soon", "more": 1})
    said = {name: plain.fault(words[0]) for name, words in refused.value.messages_dict.items()}
    assert said == {
        "name": "This must have 1 to 9 characters.",
        "count": "This must be from 1 to 7.",
        "kind": "This must be one of: a, b.",
        "at": "This must be a time with its offset, as RFC 3339 writes it.",
        "more": "There is no such field.",
    }


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 orders"), (1, "1 order"), (2, "2 orders"), (21, "21 orders")]
)
def test_one_is_one(number, said):
    assert plain.counted(number, "order") == said

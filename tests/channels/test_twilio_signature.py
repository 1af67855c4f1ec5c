"""Our check of Twilio's signature and the one in Twilio's own package are of one mind."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from app.channels.providers.twilio.signature import signed

TOKEN = "token-of-a-test"
TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
FORMS = st.lists(st.tuples(TEXTS, TEXTS), max_size=8).map(MultiDict)
URLS = st.builds(
    "{}://{}{}/callbacks/twilio/{}".format,
    st.sampled_from(["http", "https"]),
    st.sampled_from(["parcels.example", "10.1.2.3"]),
    st.sampled_from(["", ":80", ":443", ":8000"]),
    st.sampled_from(["reply", "status?m=7", "status?m=7&x=%C3%BC"]),
)


@given(url=URLS, form=FORMS)
def test_what_twilio_signs_is_accepted(url, form):
    signature = RequestValidator(TOKEN).compute_signature(url, form)
    assert signed(TOKEN, url, form, signature)
    assert not signed(TOKEN + "x", url, form, signature)


@given(url=URLS, signed_url=URLS, form=FORMS, signed_form=FORMS, same=st.booleans())
def test_both_decide_alike(url, signed_url, form, signed_form, same):
    """Whatever address and form were signed, with a port or without."""
    validator = RequestValidator(TOKEN)
    signature = validator.compute_signature(signed_url, form if same else signed_form)
    assert signed(TOKEN, url, form, signature) == validator.validate(url, form, signature)

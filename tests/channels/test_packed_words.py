"""Messages are kept compressed by what messages say, and read as they were written."""

from hashlib import sha256
from importlib import resources

import pytest

from app.channels import outbox, packed_words
from app.channels.store import say
from app.db.connection import connection
from tests.channels.exchange import Exchange
from tests.channels.world import SMS, enqueue, messages, read, run, take

WORDS = {
    "subject": "Your Hollow Oak parcel ORD-7 could not be delivered",
    "text": "Your Hollow Oak parcel ORD-7 could not be delivered. Nobody was there to take it in. "
    "If you don't choose by Sat, Nov 28, 8:13\u202fPM, we'll book for you. Next news by Fri, "
    "Nov 27, 8:13\u202fPM. Choose a new delivery or a pickup: https://example.com/c/5T5c88JISMrMo5",
    "hint": "Or reply with a number: 1 = Sat, Nov 28, 9:00\u202fAM-12:00\u202fPM.",
}
NEVER_CHANGED = {
    "en": "ff732db503a185ba85036f2eaa725857783a3476b0997bd66d234d6a2ab27530",
    "de": "c65f8476d086e98ae15420d724e7f6294db698daa513ed02686785f50ac9a031",
    "fr": "9c432249304a02b949a15a7d84bbb153e3a4a33216bcefa40ecfd4ca12b60ef3",
    "es": "99b93b3994b9864421bd1ac8d244dee8db68f47fb489ec8f69ac994269e51d15",
    "nl": "d0bdebc4c7eedd93d18a30fe6663dde8ec39f1301cb637fb4aed160d15cccd13",
    "pl": "66469ccab6cd243de38c663186023333436a3fed16ecd2766c4856bd38cce9cc",
    "hi": "d406f99163900b868f78cec5b7b469349321bbfc1b8708e2bd8cc7f6278df875",
    "ar": "4712da0c86cf3d6a9b88b4788c5c74c4fe5218c55707a1054e056a86cb517bee",
}


@pytest.mark.parametrize("language", [*NEVER_CHANGED, "xx"])
def test_words_are_read_as_they_were_written(language: str) -> None:
    for words in (WORDS, {"subject": "", "text": "Ω 📦 का", "hint": None}):
        packed = packed_words.pack(words, language)
        row = {"subject": "", "text": "", "hint": None, "packed": packed}
        assert packed_words.read(row) == words


def test_most_of_a_message_is_what_others_say_too() -> None:
    plain = sum(len(word.encode()) for word in WORDS.values())
    assert len(packed_words.pack(WORDS, "en")) < plain * 0.45


@pytest.mark.parametrize("code", NEVER_CHANGED)
def test_what_is_kept_by_a_dictionary_can_be_read_for_ever(code: str) -> None:
    file = resources.files("app.channels") / "dictionaries" / f"{code}.txt"
    assert sha256(file.read_bytes()).hexdigest() == NEVER_CHANGED[code]


def test_a_message_is_kept_packed_and_leaves_in_its_words(case: int, exchange: Exchange) -> None:
    enqueue(case, SMS, hint="Or reply 1.")
    (kept,) = read("SELECT subject, text, hint, packed FROM message_words")
    assert kept.pop("packed")
    assert kept == {"subject": "", "text": "", "hint": None}
    (shown,) = messages(case)
    assert shown["text"].startswith("Nobody was there.")
    (call,) = take()
    assert (call.message.subject, call.message.hint) == ("Your parcel", "Or reply 1.")
    outbox.record([(call, outbox.call(call))])
    assert exchange.sent[0]["Body"] == f"{shown['text']} Or reply 1."


def test_what_is_said_anew_goes_before_what_is_packed(case: int) -> None:
    enqueue(case, SMS)
    (message,) = messages(case)
    say(connection(), message["id"], "It is late.")
    (said,) = messages(case)
    assert (said["subject"], said["text"]) == ("Your parcel", "It is late.")


def test_while_former_processes_may_run_words_stand_there_as_they_are(case: int) -> None:
    run("""CREATE OR REPLACE FUNCTION words_are_packed() RETURNS boolean LANGUAGE sql STABLE
           AS 'SELECT false'""")
    try:
        enqueue(case, SMS)
    finally:
        run("""CREATE OR REPLACE FUNCTION words_are_packed() RETURNS boolean LANGUAGE sql STABLE
               AS 'SELECT true'""")
    (kept,) = read("SELECT text, packed FROM message_words")
    assert kept["packed"] is None
    assert kept["text"] == messages(case)[0]["text"] != ""

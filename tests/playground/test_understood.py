"""A visitor answers on the demo's phone in their own words, over HTTP."""

from __future__ import annotations

from tests.inline import settle
from tests.playground.test_answers import case, client, press, sent

__all__ = ["case", "client"]


def test_words_are_done_said_back_and_undone(client, case):
    press(client, sent(case, "dispatcher")[0]["id"], "1")
    settle()
    told = client.get(f"/playground/messages?case_id={case}").get_json()["items"]
    offered = [item for item in told if item["audience"] == "customer"][-1]
    assert "Or reply with a number: 1 = " in offered["text"]

    def answer(text):
        asked = {"from": offered["to"], "channel": offered["channel"], "text": text}
        assert client.post("/playground/reply", json=asked).get_json()["case_id"] == case
        settle()
        items = client.get(f"/playground/messages?to={offered['to'].replace('+', '%2B')}")
        return items.get_json()["items"][-1]["text"]

    said = answer("Option 1, please")
    assert "you asked for" in said
    assert said.endswith("Reply 0 to undo.")
    assert answer("0").startswith("Undone. ")
    assert "will answer by" in answer("Option 1, but not in the morning")

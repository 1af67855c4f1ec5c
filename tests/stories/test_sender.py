"""A sender that dies in the middle of a call: nobody knows whether the text has arrived."""

from __future__ import annotations

import re

import pytest

from tests import courier
from tests.channels.exchange import FROM, SID, TOKEN, open_exchange
from tests.servers import TestServers
from tests.stories.house import open_house

pytestmark = pytest.mark.slow


def test_the_customer_hears_another_way_and_nothing_twice(
    servers: TestServers, tmp_path_factory: pytest.TempPathFactory
):
    with open_exchange() as exchange:
        twilio = {
            "TWILIO_ACCOUNT_SID": SID,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_FROM": FROM,
            "TWILIO_API_BASE": exchange.base,
        }
        with open_house(servers, tmp_path_factory.mktemp("twilio"), **twilio) as house:
            mail = "kim@example.com"
            case_id = house.hear(parcel="hanging", email=mail)
            house.api("POST", f"/dispatch-tasks/{house.task(case_id)['id']}/resolve")
            (told,) = (form["Body"] for form in exchange.sent if form["To"] == courier.PHONE)
            exchange.answers, exchange.answers_to = ["hang"], courier.PHONE
            link = re.findall(r"http\S+/c/\S+", told)[0]
            house.press(link, choice=house.offered(link)[0])
            house.eventually(lambda: not exchange.answers)
            house.kill("sender")
            house.recover()
            house.advance(seconds=30)  # a receipt might still come
            texts = [form["Body"] for form in exchange.sent if form["To"] == courier.PHONE]
            assert len(texts) == len(set(texts)) == 2
            assert [message["to"] for message in house.messages(case_id)] == [mail]

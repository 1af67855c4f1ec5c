"""All links of the chain, so that a worker knows them."""

from tasks import (  # noqa: F401 - each registers its link
    call_dispatcher,
    choose_default,
    follow_up,
    give_news,
    hear_courier,
    keep_promise,
    look_up_contact,
    notify_customer,
    recover,
    remind_customer,
    request_contact,
    schedule_pickup,
    schedule_redelivery,
    stand_down,
    thank,
    validate_contact,
)

"""The Celery app.

A task message carries `(step_id, attempt)` pairs and nothing else. Whatever happens to it, the
row in Postgres knows what is due; so nothing here needs to be durable.
"""

from __future__ import annotations

from typing import Any

from celery import Celery
from kombu import Connection as BrokerConnection
from typing_extensions import override

celery = Celery("reknock", include=["tasks.steps"])
celery.conf.update(
    # Results live in Postgres with everything else.
    task_ignore_result=True,
    # A task message is acknowledged when it is received: lost ones come back by their lease in
    # seconds, where redelivery by the broker would take the visibility time-out.
    task_acks_late=False,
    # One batch in hand and one in the pocket; more would only grow stale.
    worker_prefetch_multiplier=1,
    # Nothing waits in the broker, so the time-out only has to be longer than a batch.
    broker_transport_options={
        "visibility_timeout": 600,
        "unacked_restore_interval": 1,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 1,
        "socket_timeout": 5,
        "socket_keepalive": True,
        "health_check_interval": 10,
    },
    # A worker without a broker waits for it as long as it takes.
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    # Late acknowledgement is not used; saying so spares a warning at every lost connection.
    worker_cancel_long_running_tasks_on_connection_loss=True,
    # The clock must learn at once that the broker is away: then it runs the steps itself.
    task_publish_retry=False,
    task_serializer="json",
    accept_content=["json"],
    # Logs are ours: Celery would take standard error away from them.
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    worker_enable_remote_control=False,
    task_default_queue="chain",
)


class SoonAgain(BrokerConnection):
    """Asks for a broker that is away every second: kombu would wait for up to half a minute."""

    @override
    def ensure_connection(self, *args: Any, **kwargs: Any) -> Any:
        every_second = {"interval_start": 1, "interval_step": 0, "interval_max": 1}
        return super().ensure_connection(*args, **(every_second | kwargs))


celery.amqp.Connection = SoonAgain

"""What `celery -A tasks.worker` loads: the app, with this environment's settings."""

from tasks import process
from tasks.app import celery

celery.conf.update(broker_url=process.begin().broker_url)

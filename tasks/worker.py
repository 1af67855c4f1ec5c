"""What `celery -A tasks.worker` loads: the app, with this environment's settings."""

import app
from app import settings
from tasks.app import celery

_settings = settings.load()
app.configure(_settings)
celery.conf.update(broker_url=_settings.broker_url)

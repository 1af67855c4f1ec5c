"""What `celery -A tasks.worker` loads: the app, with this environment's settings."""

import app
from app import settings
from app.counted import counting
from tasks.app import celery

_settings = settings.load()
app.configure(_settings)
counting.publish(_settings.redis_url)
celery.conf.update(broker_url=_settings.broker_url)

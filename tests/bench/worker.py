"""What `celery -A tests.bench.worker` loads: the service's worker with the bench's step types."""

import tasks.worker  # noqa: F401 - with this environment's settings
from tasks.app import celery as celery  # noqa: PLC0414 - Celery looks for it here
from tests.bench import trivial  # noqa: F401 - registers its step types

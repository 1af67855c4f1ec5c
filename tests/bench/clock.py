"""`python -m tests.bench.clock`: the service's clock that knows the bench's step types."""

from tasks import clock
from tests.bench import trivial  # noqa: F401 - registers its step types

if __name__ == "__main__":
    clock.main()

"""How a run in several processes shares its tests out: `pytest -n 2`.

Each process has a Postgres, a Redis and a browser of its own. The tests of a module stay together,
as they may share a world. Those that start whole copies of the service, kill them or mind the time
are all given to one process, which runs them one after another and begins with them; the others
share out the rest.
"""

from __future__ import annotations

from typing import Any

import pytest

ONE_BY_ONE = (
    "tests/stories/",
    "tests/cli/test_demo.py",
    "tests/cli/test_servers.py",
    "tests/cli/test_up.py",
    "tests/db/test_bouncer.py",
    "tests/test_server.py",
    "tests/test_slow_senders.py",
)


def scope(nodeid: str) -> str:
    """What must stay in one process together with this test."""
    module = nodeid.split("::", 1)[0]
    return "one by one" if module.startswith(ONE_BY_ONE) else module


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep together what `scope` says, in the order of `pytest_collection_modifyitems`."""
    from xdist.scheduler import LoadScopeScheduling

    config.option.loadscopereorder = False
    scheduling = LoadScopeScheduling(config, log)
    scheduling._split_scope = scope
    return scheduling


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that nobody waits for it in the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(ONE_BY_ONE))

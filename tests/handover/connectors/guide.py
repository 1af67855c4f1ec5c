"""The files of the guide "Add a connector", in a folder of their own, registered by one line."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.handover import connectors

GUIDE = Path(connectors.__file__).parent / "README.md"


def files() -> list[str]:
    """The connector and its play, as they stand in the guide."""
    found = re.findall(r"^```python\n(.*?)^```$", GUIDE.read_text(), re.DOTALL | re.MULTILINE)
    assert len(found) == 2
    return found


@contextmanager
def registered(folder: Path) -> Iterator[None]:
    """Heron is a connector until the end of the block."""
    folder.mkdir()
    for name, code in zip(("heron", "play_heron"), files(), strict=True):
        (folder / f"{name}.py").write_text(code)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        patch.setattr(connectors, "REGISTERED", (*connectors.REGISTERED, "heron"))
        importlib.invalidate_caches()
        try:
            yield
        finally:
            connectors._of.cache_clear()
            for name in ("heron", "play_heron"):
                sys.modules.pop(name, None)

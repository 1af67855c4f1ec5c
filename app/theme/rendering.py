"""How templates are rendered: as Jinja does it, without what no template of this house asks for.

A page calls hundreds of functions and includes a dozen templates, so that this is a fifth of what
rendering it costs.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import Any

from flask.templating import Environment
from jinja2.runtime import Context
from typing_extensions import override


class _Context(Context):
    """What a template knows; few of the functions that it calls want anything of that."""

    @override
    def call(self, called: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        if hasattr(called, "jinja_pass_arg"):
            return super().call(called, *args, **kwargs)
        kwargs.pop("_loop_vars", None)
        kwargs.pop("_block_vars", None)
        return called(*args, **kwargs)


class HouseEnvironment(Environment):
    """Templates, and what all of them know."""

    context_class = _Context

    @override
    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        # All is known before the first page: a copy says the same as Jinja's chain of two maps.
        return {**self.globals, **(d or {})}

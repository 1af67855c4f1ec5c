"""How templates are rendered: as Jinja does it, without what no template of this house asks for.

A page calls hundreds of functions, writes hundreds of values and includes a dozen templates, so
that this is a third of what rendering it costs.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from keyword import iskeyword
from typing import Any

from flask.templating import Environment
from jinja2 import Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, escape
from typing_extensions import override


class _House(CodeGenerator):
    """Makes a template's Python."""

    @override
    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        """A call as it stands, unless it wants to know of the template that calls.

        Only what all templates know may want that.
        """
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        knows = hasattr(self.environment.globals.get(name), "jinja_pass_arg")
        odd = any(iskeyword(one.key) for one in node.kwargs)
        if knows or odd or forward_caller or node.dyn_args or node.dyn_kwargs:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for argument in (*node.args, *node.kwargs):
            self.visit(argument, frame)
            self.write(", ")
        self.write(")")

    @override
    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.escaped(")


class HouseEnvironment(Environment):
    """Templates, and what all of them know."""

    code_generator_class = _House

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._known: dict[str, Template] = {}

    @override
    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        # All is known before the first page: a copy says the same as Jinja's chain of two maps.
        return {**self.globals, **(d or {})}

    @override
    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,
    ) -> Template:
        if isinstance(name, Template) or globals or self.auto_reload:
            return super().get_template(name, parent, globals)
        if name not in self._known:
            self._known[name] = super().get_template(name, parent)
        return self._known[name]

    @override
    def getattr(self, obj: Any, attribute: str) -> Any:
        try:
            return getattr(obj, attribute)
        except AttributeError:
            # A form tells what it does not have in words that nobody reads.
            if isinstance(obj, dict) and attribute not in obj:
                return self.undefined(obj=obj, name=attribute)
            return super().getattr(obj, attribute)

    @staticmethod
    def escaped(value: Any) -> str:
        """A value as it stands in a page; most are sentences, which are written already."""
        return value if type(value) is Markup else escape(value)

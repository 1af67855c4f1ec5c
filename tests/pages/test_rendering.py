"""Templates are rendered as Jinja does it, and cheaper."""

from __future__ import annotations

from flask import Flask
from jinja2 import DictLoader, pass_context
from jinja2.runtime import Context

from app.theme.rendering import HouseEnvironment

_TEMPLATES = {
    "parts.html": "{% macro row(of) %}<b>{{ of }}</b>{{ said(of, self=1) }}{% endmacro %}",
    "page.html": """{% from "parts.html" import row %}
        {%- for one in [1, "<"] %}{{ row(one) }}{{ whose() }} {% endfor %}""",
}


@pass_context
def _whose(context: Context) -> str:
    return str(context["name"])


def test_what_a_template_calls_gets_what_it_asks_for() -> None:
    web = Flask("house", static_folder=None)
    web.jinja_environment = HouseEnvironment
    web.jinja_env.globals.update(whose=_whose, said=lambda of, **more: f"{of}{more['self']}")
    web.jinja_env.loader = DictLoader(_TEMPLATES)

    with web.app_context():
        page = web.jinja_env.get_template("page.html").render(name="Alex")

    assert page == "<b>1</b>11Alex <b>&lt;</b>&lt;1Alex "

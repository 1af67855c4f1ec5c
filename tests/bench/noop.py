"""The least that Flask does for a POST."""

from flask import Flask

app = Flask(__name__)


@app.post("/webhooks/<slug>")
def noop(slug: str) -> str:
    return "ok"

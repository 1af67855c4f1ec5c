"""The least that Flask does for a POST."""

from flask import Flask

from app.server import WholeRequests

app = Flask(__name__)
whole = WholeRequests(app)


@app.post("/webhooks/<slug>")
def noop(slug: str) -> str:
    return "ok"

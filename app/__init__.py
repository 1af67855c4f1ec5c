"""Reknock knocks again: from a failed delivery to a parcel in the right hands.

`configure` tells a process what it works with, `create_app` assembles the web app.
"""

from __future__ import annotations

from flask import Flask

from app import clock, errors, logs
from app.access import links, secret
from app.chain import wake
from app.channels import providers
from app.db import connection
from app.intake.lookup import guard
from app.settings import Settings


def configure(settings: Settings) -> None:
    """Let this process use these settings; every kind of process begins with it."""
    logs.configure(settings.log_format)
    if settings.demo:
        clock.use_file(settings.clock_file)
    secret.configure(settings.secret_key)
    links.configure(settings.public_url)
    connection.configure(settings.database_url)
    wake.configure(settings.redis_url)
    providers.configure(settings)
    guard.configure(settings)


def create_app(settings: Settings) -> Flask:
    """The web app: one blueprint per face of the house, nothing else."""
    # A worker has no use for the faces, so they are imported here.
    from app.access import pages as access_pages  # noqa: PLC0415
    from app.access import session  # noqa: PLC0415
    from app.access.api import OPENAPI, HouseApi  # noqa: PLC0415
    from app.cases import api as cases  # noqa: PLC0415
    from app.channels import receipts  # noqa: PLC0415
    from app.contact import api as contact  # noqa: PLC0415
    from app.contact import pages as contact_pages  # noqa: PLC0415
    from app.customer import pages as customer_pages  # noqa: PLC0415
    from app.dispatch import api as dispatch  # noqa: PLC0415
    from app.dispatch import console  # noqa: PLC0415
    from app.dispatch import pages as dispatch_pages  # noqa: PLC0415
    from app.insight import couriers, dashboard, docs, health  # noqa: PLC0415
    from app.intake import api as intake  # noqa: PLC0415
    from app.intake.orders import api as orders  # noqa: PLC0415
    from app.theme import pages as theme  # noqa: PLC0415

    configure(settings)
    app = Flask("reknock", static_folder=None)
    app.config.update(OPENAPI, SETTINGS=settings)
    errors.register(app)
    session.configure(app, settings.public_url)
    app.register_blueprint(theme.blueprint)
    api = HouseApi(app)
    for described in (orders, contact, cases, dispatch):
        api.register_blueprint(described.blueprint)
    faces = [intake, receipts, health, docs, customer_pages, dispatch_pages, contact_pages]
    faces += [access_pages, console, dashboard, couriers]
    if settings.demo:
        from app.intake import pages as trying  # noqa: PLC0415
        from app.playground import pages as playground  # noqa: PLC0415

        faces += [playground, trying]
    for face in faces:
        app.register_blueprint(face.blueprint)
    return app

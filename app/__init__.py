"""Reknock knocks again: from a failed delivery to a parcel in the right hands.

`configure` tells a process what it works with, `create_app` assembles the web app.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from app import settings as _settings

# Every `import app.something` passes here, so what a process does not use is not imported:
# a worker has no use for the faces, a command at the terminal for most of the rest.
if TYPE_CHECKING:
    from flask import Flask

    from app.channels.gathering import Compose
    from app.channels.voice import Compose as CallCompose
    from app.settings import Setting, Settings


def _plug_ins() -> Mapping[str, Sequence[Setting]]:
    from app.channels import providers

    return providers.declared()


_settings.declared_by(_plug_ins)


def _compose() -> Compose:
    from app.dispatch.bundles import service

    return service.compose


def _call() -> CallCompose:
    from app.customer.calls import service

    return service.compose


def configure(settings: Settings) -> None:
    """Let this process use these settings; every kind of process begins with it."""
    from app import clock, files, logs
    from app.access import limits, links, secret, throttle
    from app.booking import leaving
    from app.chain import wake
    from app.channels import gathering, providers, refusals, voice
    from app.contact import calling, moving
    from app.contact.lookup import guard
    from app.db import connection
    from app.dispatch import presence
    from app.handover import connectors
    from app.intake import accepts
    from app.traces import spans

    logs.configure(settings.log_format)
    spans.configure(settings.traces_to)
    if settings.demo:
        clock.use_file(settings.clock_file)
    secret.configure(settings.secret_key)
    links.configure(settings.public_url)
    connection.configure(settings.database_url, pooled=settings.database_pooled)
    wake.configure(settings.redis_url)
    throttle.configure(settings.redis_url)
    limits.configure(settings.redis_url, settings.api_limit)
    presence.configure(settings.redis_url)
    providers.configure(settings)
    gathering.composed_by(_compose)
    voice.composed_by(_call)
    calling.carried_by(lambda: providers.chosen_for("voice") is not None)
    moving.minded_by(refusals.follow)
    leaving.told_by(connectors.takes_notes)
    guard.configure(settings)
    files.configure(settings)
    accepts.configure(demo=settings.demo)


def receive_facts() -> None:
    """Say who hears what providers tell, in a process that hears them."""
    from app.channels import heard
    from app.channels import receivers as channels
    from app.customer.asked import receivers as customer
    from app.customer.calls import receivers as called
    from app.customer.wanted import receivers as wanted
    from app.dispatch import receivers as dispatch

    heard.configure(
        *(channels.RECEIVERS, dispatch.RECEIVERS, customer.RECEIVERS),
        *(called.RECEIVERS, wanted.RECEIVERS),
    )


def create_app(settings: Settings) -> Flask:  # noqa: PLR0915 - a line for each face
    """The web app: one blueprint per face of the house, and the middleware for webhooks."""
    from flask import Flask

    from app import web as house
    from app.access import pages as access_pages
    from app.access import session
    from app.access.api import OPENAPI, HouseApi
    from app.booking import api as booking
    from app.cases import api as cases
    from app.channels import callbacks
    from app.contact import api as contact
    from app.counted import counting
    from app.customer import pages as customer_pages
    from app.customer.delegates import pages as delegate_pages
    from app.customer.genuine import pages as genuine_pages
    from app.customer.track import api as track
    from app.customer.wanted import api as wanted
    from app.customer.wrong import api as wrong_contacts
    from app.customer.wrong import console as wrong_console
    from app.customer.wrong import pages as wrong_pages
    from app.decisions import api as decisions
    from app.directory import brand_pages, domains
    from app.dispatch import api as dispatch
    from app.dispatch import console
    from app.dispatch import pages as dispatch_pages
    from app.dispatch.acts import pages as console_acts
    from app.dispatch.bundles import pages as bundle_pages
    from app.dispatch.days import pages as day_pages
    from app.dispatch.oncall import api as oncall
    from app.dispatch.oncall import cover_pages, ladder_pages, rota_pages
    from app.dispatch.oncall import feed as rota_feed
    from app.dispatch.oncall import pages as oncall_pages
    from app.disputes import api as disputes
    from app.disputes import pages as dispute_pages
    from app.forgetting import access_api as access_requests
    from app.forgetting import api as erasures
    from app.forgetting import pages as forgetting_pages
    from app.gestures import api as gestures
    from app.handover import api as handover
    from app.insight import couriers, dashboard, described, docs, error_pages, health, metrics
    from app.insight.exports import api as exports
    from app.intake import api as intake
    from app.intake.middleware import WebhookMiddleware
    from app.managing import (
        accounts_pages,
        brands_api,
        brands_pages,
        changes_pages,
        depots_pages,
        gestures_api,
        gestures_pages,
        hours_pages,
        keys_pages,
        known_texts_api,
        known_texts_pages,
        people_api,
        people_pages,
        phone_pages,
        retention_pages,
        shippers_pages,
    )
    from app.managing import api as depots
    from app.managing.dry_runs import pages as dry_run_pages
    from app.managing.policies import pages as policy_pages
    from app.outbound import api as outbound
    from app.shipments.corrections import api as corrections
    from app.shipments.orders import api as orders
    from app.shop import brand as shop_brand
    from app.shop import by_link as shipper_pages
    from app.shop import pages as shop_pages
    from app.shop import retention as shop_retention
    from app.shop import webhooks as shop_webhooks
    from app.sign_in import openid, passkey_pages, password_pages
    from app.sign_in import pages as sign_in_pages
    from app.theme import pages as theme
    from app.theme import respond
    from app.theme.rendering import HouseEnvironment

    configure(settings)
    counting.publish(settings.redis_url)
    receive_facts()
    web = Flask("reknock", static_folder=None)
    web.config.update(OPENAPI, SETTINGS=settings)
    web.jinja_environment = HouseEnvironment
    house.configure(web, settings.public_url)
    web.register_error_handler(404, respond.calm)  # whoever mistypes an address is a person
    domains.guard(web)
    session.configure(web, settings.public_url)
    openid.configure(web, settings)
    web.register_blueprint(theme.blueprint)
    api = HouseApi(web)
    programs = (
        *(orders, corrections, contact, cases, booking, decisions, dispatch, oncall, depots),
        *(wrong_contacts, disputes, brands_api, known_texts_api),
        people_api,
        *(wanted, track),
        outbound,
        *(erasures, exports, access_requests),
        *(gestures, gestures_api),
    )
    for face in programs:
        api.register_blueprint(face.blueprint)
    described.add(api.spec)
    faces = [
        *(
            intake,
            handover,
            health,
            metrics,
            docs,
            error_pages,
            access_pages,
            sign_in_pages,
            passkey_pages,
            password_pages,
        ),
        *(console, console_acts, dashboard, day_pages, oncall_pages, rota_pages, rota_feed),
        ladder_pages,
        *(couriers, customer_pages, dispatch_pages, bundle_pages, shipper_pages, cover_pages),
        delegate_pages,
        *(people_pages, depots_pages, hours_pages, changes_pages, accounts_pages, keys_pages),
        *(policy_pages, dry_run_pages, phone_pages, genuine_pages, wrong_pages, wrong_console),
        *(dispute_pages, brand_pages, brands_pages, forgetting_pages, known_texts_pages),
        gestures_pages,
        retention_pages,
        *(shop_pages, shop_webhooks, shop_brand, shop_retention, shippers_pages),
    ]
    if settings.demo:
        from app.intake import pages as trying
        from app.playground import answers, visit
        from app.playground import pages as playground
        from app.playground.catalogue import pages as catalogue

        faces += [playground, answers, trying, visit, catalogue]
        for face in (playground, answers, trying):  # nobody signs in to them
            session.csrf.exempt(face.blueprint)
    # These use no cookie that another site could borrow. A program shows its key or signature;
    # a person's link holds a signed token, and whoever does not know it cannot send the form.
    # So links also work from a mail programme that keeps no cookies.
    by_link = (customer_pages, dispatch_pages, bundle_pages, shipper_pages, cover_pages)
    for face in (*programs, intake, handover, *by_link, genuine_pages, wrong_pages, delegate_pages):
        session.csrf.exempt(face.blueprint)
    for face in faces:
        web.register_blueprint(face.blueprint)
    heard_at = callbacks.blueprint()
    session.csrf.exempt(heard_at)
    web.register_blueprint(heard_at)
    # Flask's own way for it:
    web.wsgi_app = WebhookMiddleware(web.wsgi_app)  # type: ignore[method-assign]
    return web

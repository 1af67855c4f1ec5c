"""Ask the shipper for a number that works."""

from app.dispatch.steps import request_contact
from tasks.app import link

run = link("request_contact", request_contact)

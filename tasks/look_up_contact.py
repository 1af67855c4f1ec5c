"""Look a contact up at the shipper's own system."""

from app.contact.steps import look_up_contact
from tasks.app import link

run = link("look_up_contact", look_up_contact)

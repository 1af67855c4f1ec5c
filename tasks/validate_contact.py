"""Can this person be reached?"""

from app.contact.steps import validate_contact
from tasks.app import link

run = link("validate_contact", validate_contact)

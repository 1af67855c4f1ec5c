"""Confirm a new delivery."""

from app.customer.steps import confirm
from tasks.app import link

run = link("schedule_redelivery", confirm)

"""Confirm a pickup."""

from app.customer.steps import confirm
from tasks.app import link

run = link("schedule_pickup", confirm)

"""Confirm a pickup."""

from app.customer.promising import confirm
from tasks.app import link

run = link("schedule_pickup", confirm)

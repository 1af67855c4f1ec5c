"""Call the ladder for a customer who was not satisfied."""

from app.dispatch.steps import recover
from tasks.app import link

run = link("recover", recover)

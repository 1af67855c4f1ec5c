"""End what a closed case had going."""

from app.aftercare.steps import stand_down
from tasks.app import link

run = link("stand_down", stand_down)

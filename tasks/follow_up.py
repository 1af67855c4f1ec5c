"""Ask how it was."""

from app.aftercare.steps import follow_up
from tasks.app import link

run = link("follow_up", follow_up)

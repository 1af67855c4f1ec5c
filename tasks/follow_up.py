"""Ask how it was."""

from app.aftercare.service import follow_up
from tasks.app import link

run = link("follow_up", follow_up)

"""Thank a customer for a good answer."""

from app.aftercare.steps import thank
from tasks.app import link

run = link("thank", thank)

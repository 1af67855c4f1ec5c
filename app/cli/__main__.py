"""`python -m app.cli`, which is what the `reknock` script runs."""

from app.cli import main

main(prog_name="reknock")

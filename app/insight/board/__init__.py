"""The figures as a person looks at them: tiles, charts with their tables, and CSV of each."""

from app.insight.board.pages import csv_of, shown

__all__ = ["csv_of", "shown"]

"""Corrections of where a parcel goes and how its recipient is reached: versions, never lost."""

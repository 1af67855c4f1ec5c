"""Calling the next level of a depot's ladder, whatever it is for."""

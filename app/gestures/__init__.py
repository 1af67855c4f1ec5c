"""Gestures: what a shipper gives to a customer it let down, within its rules and never twice."""

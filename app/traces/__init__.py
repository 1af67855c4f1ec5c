"""Traces of what a webhook led to, for an OpenTelemetry collector where one is named."""

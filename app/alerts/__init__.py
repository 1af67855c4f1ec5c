"""Alerts: what an operator should look at, raised once and ended when it is over."""

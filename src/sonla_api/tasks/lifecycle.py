"""What agencies are to a task, and so to what belongs to it."""

ASSIGNED = "assigned"
"""Beside its owner: an agency that it is assigned to, or one above that."""

"""Slow and plain re-statements of the specification, for the fast code to be compared with."""

"""Providers of channels on this machine: they speak the documented payloads, and fail on demand."""

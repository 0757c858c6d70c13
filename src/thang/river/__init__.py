"""The river: from events to levels, pure. No database, no network, no clock, no randomness."""

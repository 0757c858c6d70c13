"""The ways out: one sender for each channel, all of one protocol."""

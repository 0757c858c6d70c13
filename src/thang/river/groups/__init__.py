"""The five groups: how likely each person is of each kind, and who is in."""

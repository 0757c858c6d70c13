"""Thang judged on invented shops whose truth is known: `make evaluate` writes `report.md`."""

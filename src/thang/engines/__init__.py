"""The calculators: they keep events sorted, run the fold, and hold the tables derived from it."""

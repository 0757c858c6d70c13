"""The river's own tests: pure functions, judged from outside."""

"""Strategies in motion: who is asked, who is held out by lot, and what comes next for each."""

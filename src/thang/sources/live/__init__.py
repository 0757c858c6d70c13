"""Platforms that tell what happens as it happens: what each of them says, and how it is asked."""

"""The web door: pages and an API over one shop, served by the one process that holds it."""

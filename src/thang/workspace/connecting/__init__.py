"""Live sources joined to the shop: their settings, their door, mapping what came, and pulls."""

"""Who comes in, and how: cookies, origins, tries, headers, masks."""

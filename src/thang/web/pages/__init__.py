"""One room a page: a frozen context and a template."""

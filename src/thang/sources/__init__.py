"""The ways in: files now, webhooks and pulls later; each turns what it reads into events."""

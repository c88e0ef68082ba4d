"""The command line; no rules of its own."""

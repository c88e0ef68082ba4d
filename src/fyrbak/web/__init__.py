"""Pages, rendered on the server; no rules of their own."""

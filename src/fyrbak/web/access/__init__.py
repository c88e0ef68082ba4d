"""Signing in and out, the role in use, accounts, and the log of who read whose record."""

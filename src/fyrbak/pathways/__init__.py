"""Promises to one person: definitions, and the episodes that the engine finds in the events."""

"""Pages of plans at work: the editor, documents in, links between goals, the cascade, and what differs."""

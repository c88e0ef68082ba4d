"""The pages of the pathways' catalogue: what holds, what differs, and drafts on their way."""

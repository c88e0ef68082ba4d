"""Pathology reports in Swedish and English, read into proposals that a human approves."""

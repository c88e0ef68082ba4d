"""Pages for reviewing what was read from pathology reports."""

"""Review of what was read from pathology reports: a human approves, changes or refuses each value."""

"""The year of a steering group: its meetings, what falls on each, who came, and what was decided."""

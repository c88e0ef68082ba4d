"""Pages of the year: groups with their wheels, meetings from agenda to minutes, and what was decided."""

"""Messages from other systems: kept whole when they come, taken in by a command, and answered."""

"""Pages of completed courses and of specialists by region."""

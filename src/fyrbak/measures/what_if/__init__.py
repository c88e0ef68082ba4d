"""What if there were more capacity somewhere? Kept apart from every official number."""

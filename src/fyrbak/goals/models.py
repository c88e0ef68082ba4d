"""Plans, goals and what organisations say about them."""

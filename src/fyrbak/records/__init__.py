"""What is known: one table per kind of fact, with where it came from and when we learnt it."""

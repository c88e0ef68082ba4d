"""Numbers about many people: tallies that add, statistics, disclosure control, explanations."""

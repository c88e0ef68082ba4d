"""Work that makes care better: tasks of the strategy, projects that are given money, the weekly letter."""

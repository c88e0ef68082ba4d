"""The correction list of each month: what was to be corrected on its first night, and what became of it."""

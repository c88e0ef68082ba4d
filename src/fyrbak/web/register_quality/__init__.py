"""Pages of how good registers are, and of their quality indicators. Small numbers are hidden already."""

"""The quality of a register: coverage, timeliness, silent units, completeness, and its quality indicators."""

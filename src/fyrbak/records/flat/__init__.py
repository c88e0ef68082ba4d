"""Flat files: what a row may hold, whether a file's rows would be taken in, and whether they are likely."""

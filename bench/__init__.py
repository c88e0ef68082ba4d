"""Benchmarks: how long the loop takes, how much memory it needs, and how it compares with hand-written SQL."""

"""Benchmarks: how long the loop takes and how much memory, and how it compares with hand-written SQL."""

"""Fyrbåk: records, pathways, measures and goals for cancer care, in one loop."""

__version__ = "0.1.0"

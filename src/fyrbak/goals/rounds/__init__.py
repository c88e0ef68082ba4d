"""Rounds at work: what is typed, sent, asked and condensed, and how a round opens, closes and freezes."""

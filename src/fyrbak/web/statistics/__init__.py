"""The statistics explorer: pages of what has been counted by NORDCAN entity."""

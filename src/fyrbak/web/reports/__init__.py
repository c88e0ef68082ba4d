"""Pages where reports are built, checked, frozen and read."""

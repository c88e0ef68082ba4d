"""Pages of studies: search, one study, regions and years, targets, and what is told of them."""

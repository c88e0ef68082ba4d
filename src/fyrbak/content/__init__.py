"""What the field knows, as data: pathways, measures, targets, goals, organisations, codes."""

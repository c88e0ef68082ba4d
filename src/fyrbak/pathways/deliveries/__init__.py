"""The monthly file without identity to the national waiting-time database, and what came back."""

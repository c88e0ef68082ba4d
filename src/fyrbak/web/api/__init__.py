"""What other systems ask for and send, in forms that are theirs: no pages."""

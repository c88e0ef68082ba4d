"""What the public site shows and gives away, made from tables given out and rounds frozen alone."""

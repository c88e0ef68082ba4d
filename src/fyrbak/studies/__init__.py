"""Clinical studies of cancer: what they are, where they are open, how many take part, what regions aim at."""

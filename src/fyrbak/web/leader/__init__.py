"""The process leader at work: the week, what if, and the review of long waits."""

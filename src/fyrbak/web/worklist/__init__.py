"""The pages of those who follow pathways: the work list, one case, what is odd, what is missing, the risk."""

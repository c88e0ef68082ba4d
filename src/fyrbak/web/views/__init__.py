"""One module for each part of the house; each function answers one address."""

"""What leaves the house: figures, HTML, PDF and Excel, with one way to write numbers and words."""

"""A paper is a finished report: blocks of ready words and sheets of rows, and the files made from them."""

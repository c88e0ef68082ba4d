"""The pages of a round: my follow-up, one goal at a time, the compilation, files to fill in, opening."""

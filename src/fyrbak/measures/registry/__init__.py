"""A register's own statistics from plain files: survival of patients, and rates of cases in a population."""

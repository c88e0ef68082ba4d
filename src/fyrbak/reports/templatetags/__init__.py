"""Template tags of reports and pages."""

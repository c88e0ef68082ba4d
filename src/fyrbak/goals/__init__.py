"""Promises to everyone: plans, goals, activities, assessments, and the documents they come from."""

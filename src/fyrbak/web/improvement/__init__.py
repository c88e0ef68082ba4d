"""The pages of the improvement work: the strategy's tasks, improvement projects, and the weekly letter."""

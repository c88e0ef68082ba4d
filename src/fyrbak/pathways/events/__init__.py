"""The pathway as a state machine: what may follow what, and events registered by hand and from files."""

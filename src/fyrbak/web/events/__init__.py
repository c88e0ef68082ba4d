"""Pages where events are registered, corrected, sent as files, and followed up as tasks."""

"""The review of long waits: a sample of the late, looked through by people, with a cause for each."""

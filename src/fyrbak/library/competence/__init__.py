"""Who knows what: completed courses and specialists, as counts that regions tell. Never who they are."""

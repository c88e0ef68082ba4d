"""Who may see and do what: accounts, roles held in organisations, deeds, row security, and the access log."""

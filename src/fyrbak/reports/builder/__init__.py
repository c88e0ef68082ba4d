"""Reports that are built: sections bound to queries, prose to claims, drafts that become papers."""

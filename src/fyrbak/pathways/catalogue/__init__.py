"""The pathways' catalogue: versions that were published, and the way a draft takes to become one."""

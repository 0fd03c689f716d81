"""px: Python functions run at once in parallel contexts, and are compiled meanwhile."""

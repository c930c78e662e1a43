"""The app's files: trees, ignore patterns, readers, contexts."""

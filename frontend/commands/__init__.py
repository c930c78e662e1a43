"""A user's text -> process."""

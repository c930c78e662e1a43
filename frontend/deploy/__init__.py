"""What the app's files tell other platforms of its build and start, read as data."""

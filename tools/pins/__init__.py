"""The table of the Pythons that releases of well-known packages are for, made from the package index."""

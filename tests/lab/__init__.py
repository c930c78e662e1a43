"""The lab: a real BuildKit, a registry with stand-in base images, and real Docker Engines, for tests and by hand.

Only the standard library is imported here: Debian's own Python runs the lab with nothing installed.
"""

"""LLB compared with BuildKit's own Go client: README.md says how."""

"""A plan and a platform -> LLB."""

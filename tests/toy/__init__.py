"""Toy, a language that this project will never have: a module, an entry and an example app, and nothing else."""

"""The languages: `registry.py` has what others must know of each, `base.py` what the module of one looks like."""

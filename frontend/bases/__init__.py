"""Base images that are not a language's own: what they hold, and a plan that fits them."""

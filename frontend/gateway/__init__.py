"""BuildKit's gateway API, spoken over the two pipes a frontend is started with."""

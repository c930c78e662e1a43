"""What was asked: frontend options, build-args, config file -> Settings."""

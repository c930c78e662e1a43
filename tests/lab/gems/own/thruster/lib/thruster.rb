# The gem is its program.

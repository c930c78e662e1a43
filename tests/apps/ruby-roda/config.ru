require_relative "app"

run Shelf.freeze.app

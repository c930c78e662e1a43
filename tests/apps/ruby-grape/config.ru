require_relative "api"

run Tides::API

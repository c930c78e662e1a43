require "bundler/setup"
Bundler.require(:default)

require_relative "depot/web"

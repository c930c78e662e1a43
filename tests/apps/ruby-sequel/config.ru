require "sinatra/base"
require_relative "store"

class Till < Sinatra::Base
  get("/") { "#{Store.items.where { price > 2 }.count} of #{Store.items.count}" }
end

run Till

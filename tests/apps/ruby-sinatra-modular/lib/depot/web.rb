require "sinatra/json"

module Depot
  class Web < Sinatra::Base
    helpers Sinatra::JSON

    set :root, File.expand_path("../..", __dir__)
    set :host_authorization, { permitted_hosts: [] }

    get("/") { erb :index, locals: { parcels: 7 } }
    get("/status") { json(status: "open") }
  end
end

require "sinatra"
require "json"

STOPS = { "12" => "Harbour", "40" => "Town hall" }.freeze

get "/" do
  content_type :json
  { stops: STOPS.length, ruby: RUBY_VERSION }.to_json
end

get "/stops/:id" do
  STOPS.fetch(params[:id]) { halt 404, "no such stop" }
end

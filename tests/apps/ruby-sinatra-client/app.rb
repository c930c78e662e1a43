require "sinatra"
require "json"

FERRIES = { "north" => 7, "south" => 12 }.freeze

set :public_folder, File.join(__dir__, "client", "dist")

get "/" do
  send_file File.join(settings.public_folder, "index.html")
end

get "/api/ferries" do
  content_type :json
  FERRIES.to_json
end

require "sinatra/base"
require_relative "jobs"

class Post < Sinatra::Base
  get("/") { "letters are sorted by #{SortLetter.get_sidekiq_options["queue"]}" }
  post("/letters") { SortLetter.perform_async(request.body.read) }
end

run Post

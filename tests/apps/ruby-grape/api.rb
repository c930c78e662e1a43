require "grape"

module Tides
  class API < Grape::API
    format :json
    prefix :api

    resource :tides do
      desc "The tides of a day"
      get { [{ at: "04:12", kind: "low" }, { at: "10:31", kind: "high" }] }
    end
  end
end

module Lighthouse
  module Actions
    module Home
      class Show < Hanami::Action
        def handle(_request, response) = response.body = "lit"
      end
    end
  end
end

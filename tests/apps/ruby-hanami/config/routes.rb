module Lighthouse
  class Routes < Hanami::Routes
    root to: "home.show"
  end
end

require "hanami"

module Lighthouse
  class App < Hanami::App
  end
end

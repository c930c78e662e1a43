module Bulletin
  class Engine < Rails::Engine
    isolate_namespace Bulletin
  end
end

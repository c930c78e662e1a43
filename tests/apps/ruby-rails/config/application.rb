require_relative "boot"

require "rails/all"

Bundler.require(*Rails.groups)

module Notes
  class Application < Rails::Application
    config.load_defaults 7.2
    config.autoload_lib(ignore: %w[tasks])
  end
end

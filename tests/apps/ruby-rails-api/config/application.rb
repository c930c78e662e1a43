require_relative "boot"

require "rails"
require "active_record/railtie"
require "action_controller/railtie"
require "active_job/railtie"

Bundler.require(*Rails.groups)

module Stock
  class Application < Rails::Application
    config.load_defaults 7.2
    config.api_only = true
  end
end

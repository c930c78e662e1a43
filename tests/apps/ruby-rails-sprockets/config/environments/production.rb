Rails.application.configure do
  config.enable_reloading = false
  config.eager_load = true
  config.assets.compile = false
  config.logger = ActiveSupport::TaggedLogging.new(ActiveSupport::Logger.new($stdout))
end

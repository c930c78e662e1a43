require "sidekiq"

Sidekiq.configure_server { |config| config.redis = { url: ENV.fetch("REDIS_URL", "redis://127.0.0.1:6379/0") } }

class SortLetter
  include Sidekiq::Job

  sidekiq_options queue: "letters"

  def perform(text)
    logger.info("sorted #{text.bytesize} bytes")
  end
end

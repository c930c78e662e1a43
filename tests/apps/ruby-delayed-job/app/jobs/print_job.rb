class PrintJob < ActiveJob::Base
  queue_as :prints

  def perform(pages)
    logger.info("printed #{pages} pages")
  end
end

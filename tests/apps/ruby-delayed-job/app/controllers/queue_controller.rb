class QueueController < ApplicationController
  def show
    render json: { queue: PrintJob.queue_name, adapter: PrintJob.queue_adapter_name }
  end
end

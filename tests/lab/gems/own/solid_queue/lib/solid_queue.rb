# No database and no jobs: what stands here is how a worker is started, by its program or in puma.
require "active_job"

module SolidQueue
  def self.work
    puts "SolidQueue started in process #{Process.pid}"
    $stdout.flush
    sleep
  end
end

module ActiveJob
  module QueueAdapters
    class SolidQueueAdapter
      def enqueue_after_transaction_commit? = true

      def enqueue(job)
      end

      def enqueue_at(job, _timestamp)
      end
    end
  end
end

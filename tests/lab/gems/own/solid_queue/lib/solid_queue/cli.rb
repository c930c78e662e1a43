require "solid_queue"

module SolidQueue
  class Cli
    def self.start(_arguments)
      trap("TERM") { exit }
      SolidQueue.work
    end
  end
end

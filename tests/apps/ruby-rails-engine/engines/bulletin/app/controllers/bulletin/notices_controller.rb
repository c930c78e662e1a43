module Bulletin
  class NoticesController < ActionController::Base
    def index
      @notices = ["Market on Friday", "adapter #{ActiveRecord::Base.connection_db_config.adapter}"]
    end
  end
end

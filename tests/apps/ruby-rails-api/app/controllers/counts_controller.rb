class CountsController < ApplicationController
  def index
    @adapter = ActiveRecord::Base.connection_db_config.adapter
  end
end

class RoomsController < ApplicationController
  def index
    render :index, locals: { rooms: %w[east west] }
  end
end

class ShipsController < ApplicationController
  def index
    render :index, locals: { ships: %w[dhow sloop] }
  end
end

class BedsController < ApplicationController
  def index
    @beds = %w[beans leeks]
  end
end

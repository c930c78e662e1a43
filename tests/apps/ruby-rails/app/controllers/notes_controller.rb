class NotesController < ApplicationController
  NOTES = ["Order paper", "Call the printer"].freeze

  def index
    @notes = NOTES
  end
end

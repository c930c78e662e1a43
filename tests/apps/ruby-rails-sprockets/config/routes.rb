Rails.application.routes.draw do
  root "beds#index"
end

Rails.application.routes.draw do
  root "rooms#index"
end

Rails.application.routes.draw do
  root "ships#index"
end

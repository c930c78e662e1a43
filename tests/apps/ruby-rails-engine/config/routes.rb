Rails.application.routes.draw do
  mount Bulletin::Engine => "/bulletin"
end

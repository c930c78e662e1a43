Bulletin::Engine.routes.draw do
  root "notices#index"
end

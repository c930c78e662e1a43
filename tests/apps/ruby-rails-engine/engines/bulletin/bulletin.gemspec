require_relative "lib/bulletin/version"

Gem::Specification.new do |spec|
  spec.name = "bulletin"
  spec.version = Bulletin::VERSION
  spec.summary = "A notice board"
  spec.authors = ["the test apps"]
  spec.files = Dir["{app,config,lib}/**/*"]
  spec.add_dependency "rails", ">= 7.0"
end

# A stand-in with the interface of the gem of this name, which no Debian suite has.
Gem::Specification.new do |spec|
  spec.name = "jsbundling-rails"
  spec.version = "1.3.1"
  spec.summary = "JavaScript by a bundler of Node.js"
  spec.authors = ["migetpacks"]
  spec.files = Dir["{exe,lib}/**/*"].select { |path| File.file?(path) }.sort
  spec.add_dependency "railties", ">= 6.0.0"
  spec.required_ruby_version = ">= 3.1"
end

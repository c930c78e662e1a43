# A stand-in with the interface of the gem of this name, which no Debian suite has.
Gem::Specification.new do |spec|
  spec.name = "solid_queue"
  spec.version = "1.2.1"
  spec.summary = "Background jobs in a database"
  spec.authors = ["migetpacks"]
  spec.files = Dir["{exe,lib}/**/*"].select { |path| File.file?(path) }.sort
  spec.add_dependency "activejob", ">= 7.1"
  spec.add_dependency "railties", ">= 7.1"
  spec.required_ruby_version = ">= 3.1"
end

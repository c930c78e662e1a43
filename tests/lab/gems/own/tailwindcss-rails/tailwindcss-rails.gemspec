# A stand-in with the interface of the gem of this name, which no Debian suite has.
Gem::Specification.new do |spec|
  spec.name = "tailwindcss-rails"
  spec.version = "4.3.0"
  spec.summary = "Tailwind CSS"
  spec.authors = ["migetpacks"]
  spec.files = Dir["{exe,lib}/**/*"].select { |path| File.file?(path) }.sort
  spec.add_dependency "railties", ">= 7.0.0"
  spec.required_ruby_version = ">= 3.1"
end

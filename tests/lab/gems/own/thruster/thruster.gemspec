# A stand-in with the interface of the gem of this name, which no Debian suite has.
Gem::Specification.new do |spec|
  spec.name = "thruster"
  spec.version = "0.1.16"
  spec.summary = "A proxy in front of an app's server"
  spec.authors = ["migetpacks"]
  spec.files = Dir["{exe,lib}/**/*"].select { |path| File.file?(path) }.sort
  spec.bindir = "exe"
  spec.executables = ["thrust"]
  spec.required_ruby_version = ">= 3.1"
end

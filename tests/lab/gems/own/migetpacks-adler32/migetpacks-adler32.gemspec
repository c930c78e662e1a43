# A gem whose extension is compiled from its source.
Gem::Specification.new do |spec|
  spec.name = "migetpacks-adler32"
  spec.version = "0.1.0"
  spec.summary = "Adler-32 in C"
  spec.authors = ["migetpacks"]
  spec.files = Dir["{ext,lib}/**/*.{c,rb}"].sort
  spec.extensions = ["ext/adler32/extconf.rb"]
  spec.required_ruby_version = ">= 3.1"
end

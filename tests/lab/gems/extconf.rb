# "Compiles" a gem whose compiled form is at hand and whose sources are not: it needs what the sources would need, a
# compiler and the headers of the libraries that the extension is linked with, and puts the compiled form in place.
require "mkmf"
abort "this gem's extension is one for Ruby #{RUBY_ABI}" unless RbConfig::CONFIG["ruby_version"] == RUBY_ABI
have_header("ruby.h") or abort "there is no compiler, or Ruby's headers are missing"
LIBRARIES.each { |name| have_library(name) or abort "lib#{name} is missing; install its development files" }
File.write("Makefile", <<~MAKE)
  sitearchdir = #{RbConfig::CONFIG["sitearchdir"]}
  all:
  install:
  \tmkdir -p $(DESTDIR)$(sitearchdir)
  \tcp -R #{File.join(__dir__, "compiled")}/. $(DESTDIR)$(sitearchdir)/
  clean:
MAKE

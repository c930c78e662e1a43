require "mkmf"

create_makefile "adler32"

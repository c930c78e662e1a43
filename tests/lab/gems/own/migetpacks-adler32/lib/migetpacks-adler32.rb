require "adler32"

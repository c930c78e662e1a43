require "bulletin/version"
require "bulletin/engine"

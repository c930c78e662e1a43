require "bundler/setup"
require "bcrypt"
require "migetpacks-adler32"
require "nokogiri"

PAGE = Nokogiri::HTML5("<p>Hello, <b>world</b>").at("b").text

run lambda { |_env|
  [200, { "content-type" => "text/plain" }, ["#{PAGE} #{Adler32.checksum("Wikipedia")} #{BCrypt::Engine::DEFAULT_COST}"]]
}

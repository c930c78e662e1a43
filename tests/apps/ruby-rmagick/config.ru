require "rmagick"

run lambda { |_env|
  image = Magick::Image.new(64, 32).resize(0.25)
  [200, { "content-type" => "text/plain" }, ["a thumbnail of #{image.columns} by #{image.rows}"]]
}

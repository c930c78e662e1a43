require "vips"

run lambda { |_env|
  image = Vips::Image.black(64, 32).invert.thumbnail_image(16)
  [200, { "content-type" => "text/plain" }, ["a thumbnail of #{image.width} by #{image.height}"]]
}

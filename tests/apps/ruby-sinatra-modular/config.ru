require_relative "lib/depot"

use Rack::Deflater
run Depot::Web

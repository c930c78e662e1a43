require "json"

run ->(env) { [200, { "content-type" => "application/json" }, [JSON.generate(hello: "world", ruby: RUBY_VERSION)]] }

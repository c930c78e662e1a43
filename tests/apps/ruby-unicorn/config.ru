run ->(env) { [200, { "content-type" => "text/plain" }, ["served by #{env["SERVER_SOFTWARE"]}"]] }

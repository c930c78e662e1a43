class Ferry
  def call(env)
    [200, { "Content-Type" => "text/plain" }, ["next ferry at 10:15, rack #{Rack.release}, #{env["PATH_INFO"]}"]]
  end
end

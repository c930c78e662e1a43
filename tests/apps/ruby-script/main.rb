require "socket"

server = TCPServer.new("0.0.0.0", Integer(ENV.fetch("PORT", "5000")))
trap("TERM") { exit }
loop do
  client = server.accept
  client.gets
  body = "it is #{Time.now.utc.strftime("%H:%M")} here\n"
  client.write("HTTP/1.1 200 OK\r\nContent-Length: #{body.bytesize}\r\nConnection: close\r\n\r\n#{body}")
  client.close
end

# of a server behind nginx: a container has none of these directories, and can write none of them
dir = File.expand_path("..", __dir__)
worker_processes 2
listen "#{dir}/tmp/sockets/unicorn.sock", backlog: 64
pid "#{dir}/tmp/pids/unicorn.pid"
stderr_path "#{dir}/log/unicorn.stderr.log"
stdout_path "#{dir}/log/unicorn.stdout.log"

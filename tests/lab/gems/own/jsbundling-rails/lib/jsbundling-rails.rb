module Jsbundling
  class Railtie < ::Rails::Railtie
    rake_tasks do
      task "javascript:build" do
        ENV["SKIP_JS_BUILD"] or system("yarn install && yarn build") or abort "jsbundling-rails: yarn build failed"
      end
      Rake::Task["assets:precompile"].enhance(["javascript:build"]) if Rake::Task.task_defined?("assets:precompile")
    end
  end
end

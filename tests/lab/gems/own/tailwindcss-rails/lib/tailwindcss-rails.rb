module Tailwindcss
  class Railtie < ::Rails::Railtie
    rake_tasks do
      task "tailwindcss:build" do
        made = Rails.root.join("app/assets/builds/tailwind.css")
        made.dirname.mkpath
        made.write(Rails.root.join("app/assets/tailwind/application.css").read.sub('@import "tailwindcss";', ".flex { display: flex }"))
      end
      Rake::Task["assets:precompile"].enhance(["tailwindcss:build"]) if Rake::Task.task_defined?("assets:precompile")
    end
  end
end

require "puma/plugin"

Puma::Plugin.create do
  def start(_launcher)
    require "solid_queue"
    in_background { SolidQueue.work }
  end
end

RSpec.describe Depot::Web do
  it "is tested elsewhere"
end

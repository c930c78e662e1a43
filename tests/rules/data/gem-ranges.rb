# Writes gem-ranges.tsv: what RubyGems says of requirements, fixed and random, and versions.
# ruby gem-ranges.rb > gem-ranges.tsv
VERSIONS = %w[0.9.0 1.0.0 1.0.1 1.2.0 2.0.0 2.6.10 2.7.0 2.7.8 3.0.0 3.0.7 3.1.0 3.1.7 3.2.0 3.2.11 3.3.0 3.3.9 3.3.10 3.3.11
              3.4.0 3.4.9 4.0.0 4.0.5 4.1.0 5.0.0 10.0.0].freeze
FIXED = ["3", "3.3", "3.3.0", "= 3.3", "~> 3", "~>3.3", "~> 3.3.0", "~> 3.3.0.0", ">= 3.2, < 3.5", ">=3.2,<4", "!= 3.3", "~> 4.0.0.preview1",
         ">= 4.0.0-rc1", "< 3.4.0.rc1", "banana", ">=", "^3.3", "3.x", "== 3.3", "~> 3.3 , != 3.3.9", "3..3", "=> 3.3", "v3.3"].freeze
dice = Random.new(20261129)
one = lambda do
  parts = Array.new(dice.rand(1..4)) { |i| i.zero? ? dice.rand(0..5) : dice.rand(0..11) }
  pre = dice.rand(10).zero? ? %w[.rc1 .preview2 -beta].sample(random: dice) : ""
  ["", "= ", "!= ", ">= ", ">", "< ", "<=", "~> ", "~>"].sample(random: dice) + parts.join(".") + pre
end
texts = FIXED + Array.new(500) { Array.new(dice.rand(1..3)) { one.call }.join([",", ", "].sample(random: dice)) }
puts "# #{VERSIONS.join(" ")}"
texts.uniq.each do |text|
  wanted = Gem::Requirement.new(text.split(",").map(&:strip))
  puts "#{VERSIONS.map { |v| wanted.satisfied_by?(Gem::Version.new(v)) ? 1 : 0 }.join}\t#{text}"
rescue ArgumentError
  puts "-\t#{text}"
end

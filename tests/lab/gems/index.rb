# index.rb ROOT: the indexes of the gems in ROOT/gems: the compact one (versions, names, info/NAME), which Bundler reads,
# and the older one (specs.4.8.gz, quick/), which `gem` reads.
require "digest"
require "fileutils"
require "rubygems/package"
require "zlib"

ROOT = ARGV.first
gems = Dir["#{ROOT}/gems/*.gem"].sort.to_h { |file| [file, Gem::Package.new(file).spec] }
quick = "#{ROOT}/quick/Marshal.4.8"
FileUtils.mkdir_p(["#{ROOT}/info", quick])

def line(file, spec)
  dependencies = spec.runtime_dependencies.map { |one| "#{one.name}:#{one.requirement.as_list.join("&")}" }
  facts = { "checksum" => Digest::SHA256.file(file).hexdigest, "ruby" => spec.required_ruby_version,
            "rubygems" => spec.required_rubygems_version }
  facts = facts.map { |key, value| "#{key}:#{value.respond_to?(:as_list) ? value.as_list.join("&") : value}" }
  "#{spec.version} #{dependencies.join(",")}|#{facts.join(",")}\n"
end

by_name = gems.group_by { |_, spec| spec.name }.sort.to_h
versions = by_name.map do |name, entries|
  entries = entries.sort_by { |_, spec| spec.version }
  info = "---\n#{entries.map { |file, spec| line(file, spec) }.join}"
  File.write("#{ROOT}/info/#{name}", info)
  "#{name} #{entries.map { |_, spec| spec.version }.join(",")} #{Digest::MD5.hexdigest(info)}\n"
end
File.write("#{ROOT}/versions", "created_at: 2020-01-01T00:00:00Z\n---\n#{versions.join}")
File.write("#{ROOT}/names", "---\n#{by_name.keys.join("\n")}\n")

def gzipped(path, value)
  Zlib::GzipWriter.open(path) { |file| file.mtime = 1; file.write(Marshal.dump(value)) }
end

tuples = gems.values.map { |spec| [spec.name, spec.version, spec.original_platform.to_s] }.sort_by { |name, version, _| [name, version] }
prerelease, released = tuples.partition { |_, version, _| version.prerelease? }
gzipped("#{ROOT}/specs.4.8.gz", released)
gzipped("#{ROOT}/prerelease_specs.4.8.gz", prerelease)
gzipped("#{ROOT}/latest_specs.4.8.gz", released.group_by(&:first).map { |_, all| all.last })
gems.each_value { |spec| File.binwrite("#{quick}/#{spec.full_name}.gemspec.rz", Zlib::Deflate.deflate(Marshal.dump(spec))) }

# repack.rb DEBS OWN OUT: makes a .gem of every gem in the packages DEBS/SUITE/*.deb, of those that come with Ruby, and of
# each directory in OWN.
# A gem with an extension becomes one that is compiled when it is installed (extconf.rb); only those of this suite's Ruby
# can be, so that the other suites give pure gems alone. Ends with an error when a gem's dependency is not in the registry.
require "fileutils"
require "rubygems/package"
require "tmpdir"

ENV["SOURCE_DATE_EPOCH"] = "315619200"
DEBS, OWN, OUT = ARGV
ABI = RbConfig::CONFIG["ruby_version"]
NATIVE_SUITE = "trixie"
MACHINE = RbConfig::CONFIG["arch"]
ALWAYS_THERE = /\A(c|m|gcc_s|stdc\+\+|pthread|dl|rt|ruby-.*)\z/ # of what an extension is linked with
LINKED_AS = { "yaml-0" => "yaml" } # libraries whose development name is another than that of the library itself
BOOTSNAP = "require \"bootsnap/cli\"\nexit Bootsnap::CLI.new(ARGV).run\n"
MISSING_PROGRAMS = { "bootsnap" => { "bootsnap" => BOOTSNAP } } # that no package has
EXTCONF = File.read(File.join(__dir__, "extconf.rb"))

# A gem's files in one directory, by what they are: `files` is a Hash of paths in the gem to files.
Source = Struct.new(:spec, :files, :compiled)

def files_below(directory)
  Dir.glob("**/*", File::FNM_DOTMATCH, base: directory)
    .to_h { |path| [path, File.join(directory, path)] }
    .select { |_, file| File.file?(file) }
end

def under(prefix, files)
  files.transform_keys { |path| "#{prefix}/#{path}" }
end

# The gems of a package that is unpacked in `root`.
def gems_of_package(root)
  specs = Dir["#{root}/usr/{share,lib,lib/#{MACHINE}}/rubygems-integration/*/specifications/*.gemspec"]
  specs.filter_map { |file| Gem::Specification.load(file) }.map do |spec|
    base = File.dirname(spec.loaded_from, 2)
    own = "#{base}/gems/#{spec.full_name}"
    files =
      if File.directory?(own)
        files_below(own)
      else
        under("lib", files_below("#{root}/usr/lib/ruby/vendor_ruby"))
      end
    compiled = files_below("#{base}/extensions/#{MACHINE}/#{ABI}/#{spec.full_name}")
      .merge(files_below("#{root}/usr/lib/#{MACHINE}/ruby/vendor_ruby/#{ABI}"))
      .merge(files.select { |path, _| path.start_with?("lib/") }.transform_keys { |path| path.delete_prefix("lib/") })
      .select { |path, _| path.end_with?(".so") }
    spec.executables.each { |name| program(spec, files, name, "#{root}/usr/bin/#{name}") }
    Source.new(spec, files.reject { |path, _| path.end_with?(".so") }, compiled)
  end
end

# Sees to a program of a gem, which a package may have in /usr/bin alone.
def program(spec, files, name, installed)
  path = "#{spec.bindir}/#{name}"
  return if files.key?(path)
  if File.file?(installed)
    files[path] = installed
  elsif (text = MISSING_PROGRAMS.dig(spec.name, name))
    files[path] = "#{Dir.mktmpdir}/#{name}"
    File.write(files[path], "#!/usr/bin/env ruby\n#{text}")
  end
end

# A gem that Ruby brings as one that is installed.
def bundled_gem(spec)
  files = files_below(spec.full_gem_path)
  inside = files.select { |path, _| path.start_with?("lib/") }.transform_keys { |path| path.delete_prefix("lib/") }
  compiled = inside.merge(files_below(spec.extension_dir)).select { |path, _| path.end_with?(".so") }
  Source.new(spec, files.reject { |path, _| path.end_with?(".so") }, compiled)
end

# A gem that is a part of Ruby.
def default_gem(spec)
  files = spec.files.filter_map do |path|
    inner = path.delete_prefix("lib/")
    file = $LOAD_PATH.map { |directory| File.join(directory, inner) }.find { |candidate| File.file?(candidate) }
    [inner, file] if file
  end.to_h
  spec.executables.each { |name| files["../#{spec.bindir}/#{name}"] = "/usr/bin/#{name}" if File.file?("/usr/bin/#{name}") }
  compiled, rest = files.partition { |path, _| path.end_with?(".so") }.map(&:to_h)
  Source.new(spec, rest.transform_keys { |path| path.start_with?("../") ? path.delete_prefix("../") : "lib/#{path}" }, compiled)
end

# What an extension is linked with, as the linker's option names it.
def libraries(compiled)
  needed = compiled.values.flat_map { |file| IO.popen(["patchelf", "--print-needed", file], &:readlines) }
  names = needed.filter_map { |line| line[/\Alib(.+?)\.so/, 1] }.uniq.grep_v(ALWAYS_THERE)
  names.map { |name| LINKED_AS.fetch(name, name) }.sort
end

def extension(directory, compiled)
  where = "#{directory}/ext/compiled"
  FileUtils.mkdir_p(where)
  constants = "RUBY_ABI = #{ABI.inspect}\nLIBRARIES = #{libraries(compiled).inspect}\n"
  File.write("#{directory}/ext/extconf.rb", constants + EXTCONF)
  compiled.each do |path, file|
    copy = "#{where}/#{path}"
    FileUtils.install(file, copy, mode: 0o644) if FileUtils.mkdir_p(File.dirname(copy))
    system("patchelf", "--remove-needed", "libruby-#{ABI.delete_suffix(".0")}.so.#{ABI.delete_suffix(".0")}", copy, exception: true)
  end
end

def packed(source)
  from = source.spec
  Dir.mktmpdir do |directory|
    source.files.each do |path, file|
      copy = File.join(directory, path)
      FileUtils.mkdir_p(File.dirname(copy))
      FileUtils.install(file, copy, mode: File.executable?(file) ? 0o755 : 0o644)
    end
    extension(directory, source.compiled) if source.compiled.any?
    spec = Gem::Specification.new(from.name, from.version) do |to|
      %i[summary description authors homepage licenses metadata bindir required_ruby_version
        required_rubygems_version].each { |field| to.send("#{field}=", from.send(field)) }
      from.runtime_dependencies.each { |one| to.add_runtime_dependency(one.name, *one.requirement.as_list) }
      to.files = files_below(directory).keys.sort
      to.executables = from.executables.select { |name| to.files.include?("#{from.bindir}/#{name}") }
      own = from.raw_require_paths.select { |path| to.files.any? { |file| file.start_with?("#{path}/") } }
      to.require_paths = own.empty? ? ["lib"] : own
      to.extensions = ["ext/extconf.rb"] if source.compiled.any?
    end
    Dir.chdir(directory) { FileUtils.mv(Gem::Package.build(spec, true), OUT) }
    spec
  end
end

def own(gemspec)
  Dir.chdir(File.dirname(gemspec)) do
    spec = Gem::Specification.load(File.basename(gemspec))
    FileUtils.mv(Gem::Package.build(spec), OUT)
    spec
  end
end

def sources
  found = []
  Dir["#{DEBS}/*/*.deb"].sort_by { |file| [file.include?("/#{NATIVE_SUITE}/") ? 0 : 1, file] }.each do |deb|
    root = Dir.mktmpdir
    system("dpkg-deb", "-x", deb, root, exception: true)
    gems = gems_of_package(root)
    puts "no gem in #{File.basename(deb)}" if gems.empty?
    gems.each do |source|
      puts "#{source.spec.full_name}: an extension of another Ruby" if source.compiled.any? && !deb.include?("/#{NATIVE_SUITE}/")
    end
    found += gems.select { |source| source.compiled.empty? || deb.include?("/#{NATIVE_SUITE}/") }
  end
  rubys = Gem::Specification.reject { |spec| spec.name == "rubygems-update" }
  (found + rubys.map { |spec| spec.default_gem? ? default_gem(spec) : bundled_gem(spec) }).uniq { |source| source.spec.full_name }
end

FileUtils.mkdir_p(OUT)
Gem::DefaultUserInteraction.ui = Gem::SilentUI.new
specs = sources.map { |source| packed(source) } + Dir["#{OWN}/*/*.gemspec"].sort.map { |gemspec| own(gemspec) }
puts "#{specs.size} gems, #{specs.count { |spec| spec.extensions.any? }} of them with an extension"
missing = specs.flat_map do |spec|
  spec.runtime_dependencies.reject do |wanted|
    specs.any? { |other| other.name == wanted.name && wanted.requirement.satisfied_by?(other.version) }
  end.map { |wanted| "#{spec.full_name} needs #{wanted}" }
end
abort ["not in the registry:", *missing].join("\n") if missing.any?

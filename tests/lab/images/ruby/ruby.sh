#!/bin/sh
# ruby.sh MINOR PACKAGE...: installs Debian's Ruby MINOR with its headers, and the packages. Ruby is that of the suite's
# last point release, as in the gem registry: lockfiles name gems that come with it.
set -eu
minor=$1
shift
export DEBIAN_FRONTEND=noninteractive
pin=/etc/apt/preferences.d/ruby
printf 'Package: src:ruby%s\nPin: release l=Debian-Security\nPin-Priority: -1\n' "$minor" >"$pin"
apt-get update
apt-get install -y --no-install-recommends "ruby$minor" "ruby$minor-dev" "$@"
rm -rf /var/lib/apt/lists/* "$pin"
for program in "/usr/bin/"*"$minor"; do
    name=${program##*/}
    ln -s "../../bin/$name" "/usr/local/bin/${name%"$minor"}"
done
# the names of Ruby itself: scripts of gems begin with them
sed -i -e 's#CONFIG\["bindir"\] = "[^"]*"#CONFIG["bindir"] = "/usr/local/bin"#' \
    -e 's/\(CONFIG\["\(ruby_install_name\|RUBY_INSTALL_NAME\)"\] = \)"[^"]*"/\1"$(RUBY_BASE_NAME)"/' \
    /usr/lib/*/ruby/"$minor.0/rbconfig.rb"
mkdir -m 1777 /usr/local/bundle
for program in ruby gem bundle; do
    "/usr/local/bin/$program" --version
done
[ "$(ruby -e 'print Gem.ruby')" = /usr/local/bin/ruby ]
ruby -ropenssl -rpsych -rzlib -rfiddle -rreadline -e 'exit RUBY_VERSION.start_with?(ARGV[0])' "$minor"

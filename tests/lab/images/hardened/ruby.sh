#!/bin/sh
# ruby.sh MINOR AT ROOT: the Ruby of Debian in ROOT (/tree: a copy of its files; /: in place), with its interpreter in the
# directory AT under the name `ruby`, as Ruby itself then says.
set -eu
minor=$1 at=$2 root=${3%/}
library=usr/lib/x86_64-linux-gnu
if [ -n "$root" ]; then
    mkdir -p "$root/$at" "$root/var/lib"
    cd /
    for path in usr/lib/ruby "$library/ruby" "$library/rubygems-integration" usr/share/rubygems-integration var/lib/gems; do
        if [ -e "$path" ]; then
            cp -a --parents "$path" "$root/"
        fi
    done
fi
rm -f "$root/$at/ruby"
cp "/usr/bin/ruby$minor" "$root/$at/ruby"
sed -i -e "s#CONFIG\[\"bindir\"\] = \"[^\"]*\"#CONFIG[\"bindir\"] = \"/$at\"#" \
    -e 's/\(CONFIG\["\(ruby_install_name\|RUBY_INSTALL_NAME\)"\] = \)"[^"]*"/\1"$(RUBY_BASE_NAME)"/' \
    "$root/$library/ruby/$minor.0/rbconfig.rb"
grep -q "CONFIG\[\"bindir\"\] = \"/$at\"" "$root/$library/ruby/$minor.0/rbconfig.rb"

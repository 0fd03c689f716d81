#!/bin/sh
# Installs the Debian packages that a list names, if any is missing: tools/packages.sh LIST
# One package a line. Uses root or sudo; without either, or where the package lists lack one, says exactly what is missing.
set -eu
list=$1

missing=
for package in $(cat "$list"); do
  case $(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null || true) in
    ii*) ;;
    *) missing="$missing $package" ;;
  esac
done
[ -z "$missing" ] && exit 0

if [ "$(id -u)" = 0 ]; then
  root=
elif command -v sudo >/dev/null; then
  root=sudo
else
  echo "px needs these Debian packages, and this user may not install them (neither root nor sudo):$missing" >&2
  exit 1
fi

echo "Installing:$missing"
$root apt-get update -q || echo "apt-get update failed; going on with the package lists that are here" >&2
unknown=
for package in $missing; do
  apt-cache show "$package" >/dev/null 2>&1 || unknown="$unknown $package"
done
if [ -n "$unknown" ]; then
  echo "This machine's package lists do not have:$unknown" >&2
  case $unknown in
    *-22*) echo "LLVM 22 for Debian 12 comes with its security updates: /etc/apt needs the suite 'bookworm-security', component 'main'." >&2 ;;
  esac
  exit 1
fi
$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing

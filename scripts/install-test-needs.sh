#!/bin/sh
# Installs, on Debian and as root, what the tests run against: real peers, no doubles.
set -eu
export DEBIAN_FRONTEND=noninteractive
needed='iproute2 procps python3 tmux util-linux lsof zsh fish openssh-server openssh-client busybox-static mksh'
missing=
for package in $needed; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
if [ -n "$missing" ]; then
  apt-get update -q
  # shellcheck disable=SC2086 -- a list of names
  apt-get install -q -y --no-install-recommends $missing
fi

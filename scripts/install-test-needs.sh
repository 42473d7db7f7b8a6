#!/bin/sh
# Installs, on Debian and as root, what the tests run against: real peers, no doubles.
set -eu
export DEBIAN_FRONTEND=noninteractive
needed='iproute2 procps python3 tmux util-linux lsof zsh fish openssh-server openssh-client openssl
  docker.io podman busybox-static mksh gcc libc6-dev'
missing=
for package in $needed; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
if [ -n "$missing" ]; then
  apt-get update -q
  # shellcheck disable=SC2086 -- a list of names
  apt-get install -q -y --no-install-recommends $missing
fi
# Debian 13 has the docker command in a package of its own.
command -v docker >/dev/null || apt-get install -q -y --no-install-recommends docker-cli

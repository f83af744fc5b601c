#!/usr/bin/env bash
# Installs the Debian packages named as arguments, those that are missing; says nothing when all are there.
# Services that a package would start at installation (nginx, haproxy, prometheus) are not started.
set -euo pipefail

missing=()
for package in "$@"; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
        echo "Missing Debian packages: ${missing[*]}. Install them as root, or install sudo." >&2
        exit 1
    }
    as_root=(sudo)
fi

echo "Installing Debian packages: ${missing[*]}"
# A package list that is absent or older than the archive makes the first attempt fail: refresh it and try again.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod 755 "$policy"
    trap '"${as_root[@]}" rm -f "$policy"' EXIT
fi
install() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "${missing[@]}" </dev/null
}
log=$(mktemp)
if ! install >"$log" 2>&1; then
    "${as_root[@]}" apt-get update -q </dev/null >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
    install >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
fi
rm -f "$log"

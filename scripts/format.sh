#!/usr/bin/env bash
# format.sh: formats every Swift file in place. format.sh --lint: changes nothing, fails where a file differs.
set -euo pipefail
cd "$(dirname "$0")/.."

folders=()
for folder in Package.swift Sources Tests Fuzz Benchmarks; do
    [ ! -e "$folder" ] || folders+=("$folder")
done
mapfile -d '' files < <(find "${folders[@]}" -name .build -prune -o -name .venv -prune -o -name '*.swift' -print0)
if [ "${1:-}" = --lint ]; then
    swift format lint --strict --parallel --configuration .swift-format "${files[@]}"
else
    swift format format --in-place --parallel --configuration .swift-format "${files[@]}"
fi

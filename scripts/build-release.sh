#!/usr/bin/env bash
# Builds the binary that is shipped, .build/release/weir: optimised, with the Swift runtime inside.
set -euo pipefail
cd "$(dirname "$0")/.."
swift build -c release --static-swift-stdlib --product weir

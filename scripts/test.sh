#!/usr/bin/env bash
# Everything that decides whether a change is good: tools, format, debug build with the import check, unit and golden
# tests, release build, scenario tests against that release binary (it is the one that is shipped).
# PYTEST_ARGS adds arguments for the scenario tests, for example PYTEST_ARGS='-k reload -x'.
set -euo pipefail
cd "$(dirname "$0")/.."

step() { printf '\n== %s\n' "$*"; }

step "Test tools"
scripts/debian-packages.sh ca-certificates curl jq nghttp2-client nghttp2-server openssl pebble procps prometheus \
    python3-venv util-linux wrk
scripts/python-venv.sh .venv Tests/ScenarioTests/requirements.txt

step "Format"
scripts/format.sh --lint

step "Build with tests, imports checked"
# The same flags for build and test: different ones would build everything twice.
flags=(--explicit-target-dependency-import-check error)
swift build --build-tests "${flags[@]}"

step "Unit and golden tests"
swift test --skip-build --disable-xctest "${flags[@]}"

step "Release build"
scripts/build-release.sh

step "Scenario tests"
read -ra arguments <<<"${PYTEST_ARGS:-}"
WEIR_BINARY="$PWD/.build/release/weir" .venv/bin/python -m pytest Tests/ScenarioTests "${arguments[@]}"

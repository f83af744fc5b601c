#!/bin/sh
# Builds the fuzz targets and runs each of them for a bounded time.
#
#   Fuzz/run.sh [seconds per target, default 60] [target ...]
#
# Every target first replays corpus/<target> and crashers/<target>. What it finds that is new goes to .build/found/ and
# is not kept; an input that crashes goes to crashers/<target>/, which is committed and replayed by the unit tests.
# The exit status is not 0 when any target failed. SCRATCH names another build folder than .build.
set -eu
cd "$(dirname "$0")"
seconds=${1:-60}
[ $# -gt 0 ] && shift
targets=${*:-request-head response-head chunked hpack http2 path regex cors session manifests client-hello proxy-header}
scratch=${SCRATCH:-.build}

product() {
    case $1 in
    request-head) echo FuzzRequestHead ;;
    response-head) echo FuzzResponseHead ;;
    chunked) echo FuzzChunked ;;
    hpack) echo FuzzHPACK ;;
    http2) echo FuzzHTTP2 ;;
    path) echo FuzzPath ;;
    regex) echo FuzzRegex ;;
    cors) echo FuzzCORS ;;
    session) echo FuzzSession ;;
    manifests) echo FuzzManifests ;;
    client-hello) echo FuzzClientHello ;;
    proxy-header) echo FuzzProxyHeader ;;
    *) echo "no such fuzz target: $1" >&2; exit 2 ;;
    esac
}

failed=
for target in $targets; do
    program=$(product "$target")
    swift build -c release --scratch-path "$scratch" --product "$program"
    found="$scratch/found/$target"
    mkdir -p "$found" "crashers/$target"
    case $target in
    manifests) dictionary=-dict=dictionaries/manifests.dict length=2000 ;;
    path | regex) dictionary= length=200 ;;
    hpack | http2) dictionary= length=2000 ;;
    client-hello) dictionary= length=3000 ;;
    proxy-header) dictionary=-dict=dictionaries/proxy-header.dict length=400 ;;
    cors | session) dictionary=-dict=dictionaries/$target.dict length=400 ;;
    *) dictionary=-dict=dictionaries/http.dict length=1000 ;;
    esac
    echo "== $target, $seconds s"
    # Leaks are not looked for: the runtime's own caches are reported as such.
    status=0
    # shellcheck disable=SC2086 # an empty dictionary is no argument
    "$scratch/release/$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len="$length" \
        -detect_leaks=0 -print_final_stats=1 -verbosity=0 $dictionary -artifact_prefix="crashers/$target/" \
        "$found" "corpus/$target" "crashers/$target" >"$scratch/$target.log" 2>&1 || status=$?
    if [ $status -eq 0 ]; then
        grep 'stat::' "$scratch/$target.log"
    else
        tail -n 60 "$scratch/$target.log"
        failed="$failed $target"
    fi
done
if [ -n "$failed" ]; then
    echo "failed:$failed (inputs that crash are in Fuzz/crashers)" >&2
    exit 1
fi

#!/usr/bin/env bash
# python-venv.sh DIRECTORY REQUIREMENTS: a virtual environment with exactly these requirements; quick when it is there.
set -euo pipefail

directory=$1
requirements=$2
stamp=$directory/requirements.installed
if [ -x "$directory/bin/python" ] && cmp -s "$requirements" "$stamp"; then exit 0; fi

echo "Creating $directory from $requirements"
python=/usr/bin/python3
[ -x "$python" ] || python=python3
rm -rf "$directory"
"$python" -m venv "$directory"
"$directory/bin/pip" install --quiet --disable-pip-version-check --no-input -r "$requirements" </dev/null
cp "$requirements" "$stamp"

#!/usr/bin/env bash
# Installs what a fresh Debian machine lacks and no Python package brings: programs by apt-get, validators and axe-core by
# npm into build/validators. Does nothing where all of it is there.
set -euo pipefail
cd "$(dirname "$0")/.."
build=$PWD/build/validators

need() { command -v "$1" >/dev/null || missing+=("$2"); }
missing=()
need make make
need xmllint libxml2-utils
need npm npm
need shellcheck shellcheck # of the steps in integrations/ and the collector
need dash dash             # the shells in which the collector is tested
need busybox busybox
need java default-jre-headless # of the HTML validator, and of Spark (17 or later)
need chromium chromium
python3 -c 'import venv, ensurepip' 2>/dev/null || missing+=(python3-venv)
if [ "${#missing[@]}" -gt 0 ]; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}"
fi

# NOTE: in one go, since npm takes away what a later call does not name.
packages=(@microsoft/sarif-multitool-linux@5.7.0 vnu-jar@26.9.27 html-validate@10.17.0 axe-core@4.14.1 @kusto/language-service-next@12.4.1)
installed=$build/npm-packages
if [ "$(cat "$installed" 2>/dev/null)" != "${packages[*]}" ]; then
    mkdir -p "$build"
    npm install --prefix "$build" --no-save --no-audit --no-fund --ignore-scripts "${packages[@]}"
    echo "${packages[*]}" >"$installed"
fi

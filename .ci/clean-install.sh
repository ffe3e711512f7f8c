#!/usr/bin/env bash
# Builds the wheel, installs it alone into a fresh environment, and judges the demo fleet from another folder: what the
# wheel lacks (rules, mappings, schemas) shows here and nowhere else.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
.venv/bin/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir "$work" .
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check "$work"/*.whl
cd "$work"
"$work/venv/bin/mde-readiness" rules list --pack defender-for-business | tail -n 1
"$work/venv/bin/mde-readiness" rules schema rules >/dev/null
code=0
"$work/venv/bin/mde-readiness" check "$root/fixtures/fleets/contoso/inventory" --as-of 2026-11-23 \
    --attestations "$root/fixtures/fleets/contoso/attestations.yaml" --quiet -o report.json || code=$?
[ "$code" -eq 1 ] || { echo "the installed wheel gave exit code $code, not 1"; exit 1; }
test -s report.json
"$work/venv/bin/mde-readiness" plan "$root/fixtures/fleets/contoso/inventory" --as-of 2026-11-23 --quiet \
    -o plan:plan.xlsx -o plan:plan.md
test -s plan.xlsx -a -s plan.md
echo "the wheel works on its own"

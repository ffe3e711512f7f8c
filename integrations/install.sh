#!/bin/sh
# Installs mde-readiness into an environment of its own.
#
#   MDE_VENV      folder of that environment
#   MDE_INSTALL   what pip installs: a wheel, a folder, a requirement; this very checkout if empty
#   MDE_PYTHON    Python 3.11 or later; python3 if empty
set -eu
here=$(cd "$(dirname "$0")" && pwd)
"${MDE_PYTHON:-python3}" -m venv "$MDE_VENV"
"$MDE_VENV/bin/python" -m pip install --quiet --disable-pip-version-check "${MDE_INSTALL:-$here/..}"
"$MDE_VENV/bin/mde-readiness" --version

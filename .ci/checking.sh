# Sourced by the scripts that have validators read reports: every check is run, and all that failed are counted.

failures=0

check() { # check WHAT COMMAND...: run it, and remember whether it failed
    local what=$1
    shift
    if "$@"; then
        echo "ok: $what"
    else
        echo "FAILED: $what" >&2
        failures=$((failures + 1))
    fi
}

end_checks() { # exit 1 if any check failed
    if [ "$failures" -gt 0 ]; then
        echo "$failures checks failed" >&2
        exit 1
    fi
}

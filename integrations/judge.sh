#!/bin/sh
# Judges exports as the variables say, writes the reports, and ends with the exit code of mde-readiness.
#
#   MDE_COMMAND     gate, or check
#   MDE_INVENTORY   export files or folders, one on a line
#   MDE_PACK, MDE_PROFILE, MDE_TAILORING, MDE_ATTESTATIONS, MDE_WAIVERS, MDE_WAVES, MDE_WAVE   as the options
#   MDE_ARGS        further options, one on a line
#   MDE_CI          as --ci; auto if empty
#   MDE_OUT         folder of the reports
#   MDE_REPORTS     [KIND:]NAME of each report, one on a line
#   MDE_UNDETERMINED  warn: exit 3 (not known) ends as a success with issues; anything else leaves it a failure
#   MDE_TOOL        the program; mde-readiness if empty
#
# Every value reaches the program as one argument, whatever characters it has: nothing here is evaluated.
set -euf
IFS='
'
set -- "--ci=${MDE_CI:-auto}"
[ -z "${MDE_PACK:-}" ] || set -- "$@" "--pack=$MDE_PACK"
[ -z "${MDE_PROFILE:-}" ] || set -- "$@" "--profile=$MDE_PROFILE"
[ -z "${MDE_TAILORING:-}" ] || set -- "$@" "--tailoring=$MDE_TAILORING"
[ -z "${MDE_ATTESTATIONS:-}" ] || set -- "$@" "--attestations=$MDE_ATTESTATIONS"
[ -z "${MDE_WAIVERS:-}" ] || set -- "$@" "--waivers=$MDE_WAIVERS"
[ -z "${MDE_WAVES:-}" ] || set -- "$@" "--waves=$MDE_WAVES"
[ -z "${MDE_WAVE:-}" ] || set -- "$@" "--wave=$MDE_WAVE"
for report in $MDE_REPORTS; do
    case $report in
        *:*) set -- "$@" "--output=${report%%:*}:$MDE_OUT/${report#*:}" ;;
        *) set -- "$@" "--output=$MDE_OUT/$report" ;;
    esac
done
for argument in ${MDE_ARGS:-}; do
    set -- "$@" "$argument"
done
set -- "$@" --
for file in $MDE_INVENTORY; do
    set -- "$@" "$file"
done

code=0
"${MDE_TOOL:-mde-readiness}" "$MDE_COMMAND" "$@" || code=$?
case $MDE_COMMAND:$code in
    gate:0) decision=PROMOTE ;;
    gate:1) decision=HOLD ;;
    gate:3) decision=UNDETERMINED ;;
    check:0) decision=PASS ;;
    check:1) decision=FAIL ;;
    check:3) decision=UNKNOWN ;;
    *) decision=ERROR ;;
esac
if [ -n "${GITHUB_OUTPUT:-}" ]; then
    printf 'decision=%s\nexit-code=%s\n' "$decision" "$code" >>"$GITHUB_OUTPUT"
fi
if [ "${TF_BUILD:-}" = True ]; then
    printf '##vso[task.setvariable variable=decision;isOutput=true]%s\n' "$decision"
    printf '##vso[task.setvariable variable=exitCode;isOutput=true]%s\n' "$code"
    if [ "$code" -eq 3 ] && [ "${MDE_UNDETERMINED:-}" = warn ]; then
        echo '##vso[task.complete result=SucceededWithIssues;]'
        code=0
    fi
fi
exit "$code"

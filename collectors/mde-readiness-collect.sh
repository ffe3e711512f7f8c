#!/bin/sh
# Gathers on a Mac or a Linux device what mde-readiness asks and no fleet export carries, and writes it as one file of
# JSON lines, named by the host. Reads only, and asks the network only by testing whether hosts of the service answer.
# No organisation id, onboarding data, user or address of the device is written. Guide: docs/collectors.md.
#
#   mde-readiness-collect.sh [-g us|eu|uk|au] [-H HOST]... [-o FOLDER] [-s] | -h | --help
#
#   -g GEO     geography of the tenant's data, which chooses the hosts of the service that are tested (default: us)
#   -H HOST    one more host to test on port 443; may be given several times
#   -o FOLDER  where the file goes (default: the current folder); "-" is standard output
#   -s         test no hosts
#
# Exit codes: 0 written (standard error tells what was left out), 1 not written, 2 wrong usage.
set -u
LC_ALL=C
export LC_ALL
umask 077

geo=us more='' out=. test_hosts=yes
form="usage: ${0##*/} [-g us|eu|uk|au] [-H HOST]... [-o FOLDER] [-s]"
usage() { echo "$form" >&2; exit 2; }
help() {
    echo "$form"
    echo '  -g GEO     geography of the data, which chooses the hosts that are tested (default: us)'
    echo '  -H HOST    one more host to test on port 443; may be given several times'
    echo '  -o FOLDER  where the file goes (default: the current folder); "-" is standard output'
    echo '  -s         test no hosts'
    exit 0
}
[ "${1-}" != --help ] || help
while getopts g:hH:o:s option; do
    case $option in
    h) help ;;
    g) geo=$OPTARG ;;
    H) case $OPTARG in *[!A-Za-z0-9.-]* | '') usage ;; esac; more="$more https://$OPTARG/" ;;
    o) out=$OPTARG ;;
    s) test_hosts=no ;;
    *) usage ;;
    esac
done
shift $((OPTIND - 1))
[ $# -eq 0 ] || usage

service=endpoint.security.microsoft.com
case $geo in
us) regions='cus eus cus3 eus3' ;;
eu) regions='weu neu weu3 neu3' ;;
uk) regions='uks ukw' ;;
au) regions='aus aue' ;;
*) usage ;;
esac

left_out() { echo "${0##*/}: left out: $*" >&2; }
have() { command -v "$1" >/dev/null 2>&1; }

# Prints a text as a JSON string: in UTF-8, and without control characters, which no fact needs.
json() {
    printf '"%s"' "$(printf '%s' "$1" | tr '\001-\037\177' ' ' | utf8 | sed 's/[\\"]/\\&/g')"
}
utf8() { if have iconv; then iconv -c -f UTF-8 -t UTF-8; else tr -d '\200-\377'; fi; }

facts=''
fact() { if [ -n "$2" ]; then facts="$facts,$(json "$1"):$(json "$2")"; fi; } # what is empty says nothing
number() { case $2 in '' | *[!0-9]*) ;; *) facts="$facts,\"$1\":$2" ;; esac; }
list() { if [ -n "$2" ]; then facts="$facts,\"$1\":$2"; fi; } # of JSON that is whole

# Seconds since 1970 as a time in UTC: GNU and busybox, then macOS.
utc() { date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || date -u -r "$1" +%Y-%m-%dT%H:%M:%SZ 2>/dev/null; }

## The device and its operating system.

# A value of os-release, read and not run: NAME="value".
release() { sed -n "s/^$1=//p" /etc/os-release 2>/dev/null | sed -n "1s/^[\"']\(.*\)[\"']\$/\1/;1p"; }
linux() {
    fact os.family linux
    fact os.distribution "$(release ID)"
    fact os.version "$(release VERSION_ID)"
    fact os.kernel "$(uname -r)"
    number hardware.cores "$(getconf _NPROCESSORS_ONLN 2>/dev/null)"
    number hardware.memory_mb "$(awk '/^MemTotal:/ {print int($2 / 1024)}' /proc/meminfo 2>/dev/null)"
    fact device.booted_at "$(utc "$(awk '/^btime / {print $2}' /proc/stat 2>/dev/null)")"
    # What is free where the agent is installed, and what the agent takes already.
    number hardware.disk_mb "$({ df -Pk /opt 2>/dev/null || df -Pk /; du -sk /opt/microsoft/mdatp; } 2>/dev/null |
        awk 'NR == 2 {free = $4} NR == 3 {taken = $1} END {if (NR > 1) print int((free + taken) / 1024)}')"
}
macos() {
    fact os.family macos
    fact os.version "$(sw_vers -productVersion 2>/dev/null)"
    number hardware.cores "$(sysctl -n hw.physicalcpu 2>/dev/null)"
    number hardware.memory_mb "$(sysctl -n hw.memsize 2>/dev/null | awk '{print int($1 / 1048576)}')"
    fact device.booted_at "$(utc "$(sysctl -n kern.boottime 2>/dev/null | sed -n 's/^{ sec = \([0-9]*\),.*/\1/p')")"
}
device=$(uname -n)
machine=$(uname -m)
case $(uname -s) in
Linux) linux ;;
Darwin)
    macos
    # A shell under Rosetta takes the processor for one of Intel.
    if [ "$(sysctl -n hw.optional.arm64 2>/dev/null)" = 1 ]; then machine=arm64; fi
    ;;
*) echo "${0##*/}: is for macOS and Linux; on Windows there is Get-MdeReadiness.ps1" >&2; exit 1 ;;
esac
case $machine in
x86_64 | amd64) fact os.architecture x64 ;;
aarch64 | arm64) fact os.architecture arm64 ;;
i?86) fact os.architecture x86 ;;
arm*) fact os.architecture arm ;;
esac

## The agent. Of the organisation's id and of the proxy only what they mean is kept.

mde_id='' proxy=''
field() {
    printf '%s\n' "$health" | sed -n "s/^$1[[:space:]]*: *//p" | sed -n '1s/ \[managed\]$//;1s/^"\(.*\)"$/\1/;1p'
}
agent() {
    health=$({ mdatp health; mdatp health --details edr; mdatp health --details features; } 2>/dev/null)
    plain=$(mdatp health --output json 2>/dev/null | tr -d '\r\n')
    mde_id=$(field edr_machine_id)
    case $mde_id in *[!0-9A-Fa-f]*) mde_id='' ;; esac
    [ ${#mde_id} -eq 40 ] || mde_id=''
    fact agent.version "$(field app_version)"
    fact agent.healthy "$(field healthy)"
    fact agent.expires "$(printf '%s' "$plain" | sed -n 's/.*"productExpiration":"\([0-9]\{13\}\)".*/\1/p')"
    fact agent.conflicting_applications "$(field conflicting_applications)"
    fact av.engine "$(field engine_version)"
    fact av.intelligence "$(field definitions_version)"
    fact mdatp.simplified_connectivity "$(field simplified_connectivity)"
    partner_geo=$(field edr_partner_geo_location)
    # The details leave the line out where there is no geo.
    if [ -z "$partner_geo" ] && [ -n "$(field edr_sense_guid)$(field edr_preferred_geo)" ]; then partner_geo=none; fi
    fact mdatp.geo "$partner_geo"
    case $(field org_id) in
    '') left_out 'what mdatp health says (is the service running?)' ;;
    unavailable) fact onboarding.status can-be-onboarded ;;
    *) fact onboarding.status onboarded ;;
    esac
    proxy=$(field proxy)
    if [ -z "$proxy" ]; then proxy=$(printf '%s' "$plain" | sed -n 's/.*"proxy":{[^}]*"value":"\([^"]*\)".*/\1/p'); fi
    case $proxy in
    [Nn]one | [Nn]o[Pp]roxy) proxy_is none false ;;
    *@*) proxy_is authenticated true ;;
    http*:* | *.*:*) proxy_is static false ;;
    esac
    case $proxy in *[!A-Za-z0-9.:/_-]*) proxy='' ;; http*:* | *.*:*) ;; *) proxy='' ;; esac
    pid=$(pgrep -o wdavdaemon 2>/dev/null)
    if [ -n "$pid" ]; then fact agent.restarted_at "$(started "$pid")"; fi
}
proxy_is() { fact proxy.kind "$1"; list proxy.has_credentials "$2"; }
# When a process began: now less its age, [[days-]hours:]minutes:seconds.
started() {
    age=$(ps -o etime= -p "$1" 2>/dev/null | tr -d ' ' |
        awk -F'[-:]' '/^[0-9:-]+$/ {t = $NF + 60 * $(NF - 1)
            if (NF > 2) t += 3600 * $(NF - 2)
            if (NF > 3) t += 86400 * $(NF - 3)
            print t}')
    if [ -n "$age" ]; then utc "$(($(date +%s) - age))"; fi
}
# That the shell finds no mdatp is no proof that there is none.
no_agent() {
    left_out 'the agent (there is no mdatp)'
    [ -e /opt/microsoft/mdatp ] || [ -e '/Applications/Microsoft Defender.app' ] && return
    fact agent.version 'not installed'
    list agent.installed false
}
if have mdatp; then agent; else no_agent; fi

## What answers. One line a test; of what a tool wrote only a number or a word is kept.

tests=''
add_test() { # URL method via result status error
    set -- "$(json "$1")" "$2" "$3" "$4" "$5" "$6"
    tests="$tests$same,\"url\":$1,\"port\":443,\"method\":\"$2\",\"via\":\"$3\",\"result\":\"$4\""
    tests="$tests,\"http_status\":${5:-null},\"error\":\"$6\"}
"
}
ask() {
    # NOTE: -q comes first: no .curlrc of a person changes the way.
    answer=$(curl -q -sS -o /dev/null --connect-timeout 8 --max-time 12 ${named:+-x "$proxy"} \
        -w '%{http_code} %{http_connect}' "$1" 2>/dev/null)
    code=$?
    result='' status='' error=''
    case $answer in
    [1-5][0-9][0-9]' '*) status=${answer%% *} ;;
    ???' '[3-5][0-9][0-9]) status=${answer#* } ;; # what the proxy said
    esac
    case $code in
    0) result=reachable ;;
    28) result=blocked error=timeout ;;
    7) result=blocked error=refused ;;
    5 | 97) result=blocked error=proxy ;;
    56) result=blocked error=${status:+proxy} error=${error:-reset} ;;
    6) error=dns ;;
    35 | 51 | 60 | 83 | 90 | 91) error=certificate ;;
    *) result=not_tested ;;
    esac
    case $1 in
    https://*."$service"/*) # pinned by the agent, and all of its hosts have names
        case $error in dns) result=blocked ;; certificate) result=tls_error error="curl $code" ;; esac ;;
    esac
    add_test "$1" "$method" "$via" "$result" "$status" "$error"
}
host_urls() {
    echo "https://mdav.$geo.$service/mdav/test"
    for region in $regions; do echo "https://edr-$region.$geo.$service/edr/commands/test"; done
    # Hosts that stand for a wildcard of the published lists are there as of November 2026.
    echo 'https://go.microsoft.com/ https://definitionupdates.microsoft.com/ https://www.microsoft.com/'
    echo 'https://nav.smartscreen.microsoft.com/ https://unitedstates.smartscreen-prod.microsoft.com/'
    case $(uname -s) in Linux) echo 'https://packages.microsoft.com/ https://config.edge.skype.com/config/v1' ;; esac
    echo 'https://enterpriseregistration.windows.net/ https://login.microsoftonline.com/'
    echo 'https://discovery.dm.microsoft.com/'
    echo "$more"
}
# mdatp's own test: its agent checks the certificates, so that an answer also shows that nothing opens TLS on the way.
# One line a URL, what may be more than host and path cut off: OK or ERROR, the URL, and what that says.
agent_tries() {
    mdatp connectivity test 2>/dev/null | awk '
        function tell() { if (url != "") print word, url, word == "OK" ? "reachable" : said; url = "" }
        /Testing connection with https?:.*\[[A-Z]+\]/ {
            tell(); said = "blocked"; url = $0; word = $0
            sub(/.*Testing connection with /, "", url); sub(/[^A-Za-z0-9.:\/_-].*/, "", url); sub(/\.*$/, "", url)
            sub(/.*\[/, "", word); sub(/\].*/, "", word)
        }
        /curl error (35|60)([^0-9]|$)|SSL cert issue/ {said = "tls_error"}
        /response [0-9N]/ {said = "unknown"}
        /Testing connection with/ && !/\[[A-Z]+\]/ {tell(); print "CUT - -"}
        END {tell()}'
}
urls() { printf '%s\n' "$tries" | awk "$1"' {s = s (s == "" ? "" : ",") "\"" $2 "\""} END {print "[" s "]"}'; }
# shellcheck disable=SC2016  # the dollars are of awk
agent_test() {
    tries=$(agent_tries)
    case $tries in
    '' | *CUT*) left_out 'what mdatp connectivity test says as a whole' ;;
    *)
        list mdatp.test_ok "$(urls '$1 == "OK" && /[.]endpoint[.]security[.]microsoft[.](com|us)[:\/ ]/')"
        list mdatp.test_failed "$(urls '$1 != "OK"')"
        list mdatp.test_hosts "$(urls '{sub(/^https?:\/\//, "", $2); sub(/[:\/].*/, "", $2)} !seen[$2]++')"
        ;;
    esac
    while read -r word url said; do
        case $word in '' | CUT) ;; *) add_test "$url" mdatp '' "$said" '' '' ;; esac
    done <<END
$tries
END
}

# The way that the agent takes: its own proxy, on a Mac the one of the system, else none. Where a variable or a script
# for browsers names a proxy, another way than the agent's may be tested: then the test is one of a user.
find_way() {
    if [ -n "$proxy" ]; then named=yes via=named_proxy; return; fi
    settings=$(scutil --proxy 2>/dev/null)
    way() { printf '%s\n' "$settings" | sed -n "s/^ *$1 : \([A-Za-z0-9.-]*\)\$/\1/p"; }
    case $(way ProxyAutoConfigEnable)$(way ProxyAutoDiscoveryEnable) in *1*) method=curl via=unknown; return ;; esac
    if [ "$(way HTTPSEnable)" = 1 ]; then
        proxy=$(way HTTPSProxy):$(way HTTPSPort) named=yes via=system_proxy
    elif [ -n "${https_proxy:-}${HTTPS_PROXY:-}${all_proxy:-}${ALL_PROXY:-}${http_proxy:-}" ]; then
        method=curl via=unknown
    fi
}

now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
same="{\"mde_readiness\":\"device/v1\",\"device\":$(json "$device"),\"collected_at\":\"$now\""
if [ -n "$mde_id" ]; then same="$same,\"mde_id\":\"$mde_id\""; fi
if [ "$test_hosts" = yes ]; then
    if have mdatp; then agent_test; fi
    method=curl via=direct named=''
    if [ "$(id -u)" = 0 ]; then method=system; else left_out 'tests as the system (run as root)'; fi
    find_way
    if have curl; then
        for url in $(host_urls); do ask "$url"; done
    else
        left_out 'tests of hosts (there is no curl)'
    fi
fi

text="$same$facts}
$tests"
if [ "$out" = - ]; then printf '%s' "$text"; exit; fi
name=$(printf '%s' "$device" | tr -c 'A-Za-z0-9._-' '_' | sed 's/^[.-]/_/' | cut -c1-100)
# Moved into place when it is whole; a link of that name is replaced, not followed.
place() {
    draft=$(mktemp "$out/.mde-readiness.XXXXXX") && printf '%s' "$text" >"$draft" && chmod 644 "$draft" &&
        mv -f "$draft" "$1"
}
if ! place "$out/${name:-device}.ndjson"; then echo "${0##*/}: cannot write to $out" >&2; exit 1; fi

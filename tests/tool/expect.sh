# What a test of kvtool expects. Sourced first: counts failures, and ends the test with them (see finish).
set -u
export LC_ALL=C
failures=0

fail() {
    echo "FAILED: $*"
    failures=$((failures + 1))
}

# exits CODE COMMAND...: runs it, with its output in ./out and ./err.
exits() {
    local wanted=$1 got
    shift
    "$@" >out 2>err
    got=$?
    [ "$got" -eq "$wanted" ] || fail "status $got, not $wanted: $* ($(head -c 300 err))"
}

# says TEXT: what ran last said TEXT on stderr.
says() {
    grep -qF -- "$1" err || fail "did not say '$1', but: $(head -c 300 err)"
}

# prints TEXT: what ran last printed exactly TEXT and a newline (or nothing, for an empty TEXT).
prints() {
    local text
    text=$(cat out; echo .)
    [ "$text" = "${1:+$1
}." ] || fail "printed '$(head -c 300 out)', not '$1'"
}

# same WHAT FILE FILE: two files (or pipes) are equal byte for byte.
same() {
    diff -a "$2" "$3" >difference || fail "$1: $(head -c 400 difference)"
}

# tool VERB...: kvtool, and it must succeed.
tool() {
    "$KVTOOL" "$@" || fail "status $?: kvtool $*"
}

finish() {
    [ "$failures" -eq 0 ] || echo "$failures failures"
    exit $((failures > 0))
}

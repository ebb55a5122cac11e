#!/usr/bin/env bash
# The shape of the tree: sizes, names, and what must not stand in it.
set -u
cd "$SRC" || exit 1
failed=0

# found WHAT reports the lines on its input, if there are any.
found() {
    local lines
    lines=$(cat)
    [ -n "$lines" ] || return 0
    printf '%s:\n%s\n' "$1" "$lines"
    failed=1
}

# What is in the repository or would be after `git add`; in an unpacked archive, everything but builds.
files() {
    git -c safe.directory='*' ls-files --cached --others --exclude-standard 2>/dev/null | sort -u |
        while read -r file; do [ -e "$file" ] && echo "$file"; done
}
if [ -z "$(files)" ]; then
    files() { find . -type f -not -path './build*' -printf '%P\n' | sort; }
fi
[ "$(files | wc -l)" -gt 20 ] || { echo "too few files seen for this test to mean anything" && exit 1; }

sources() { files | grep -E '\.[ch]$'; }

sources | xargs wc -l | awk '$2 != "total" && $1 > 600 { print "    " $2 ": " $1 }' >"$TEST_TMPDIR/long"
found "files of more than 600 lines" <"$TEST_TMPDIR/long"

sources | xargs awk -f tests/abi/functions.awk >"$TEST_TMPDIR/functions"
found "functions that are too long" <"$TEST_TMPDIR/functions"
# The counter itself: a function of 61 lines is found, one of 60 is not.
for lines in 60 61; do
    { echo 'int f(void)' && echo '{' && yes '    g();' | head -n $lines && echo '}'; } >"$TEST_TMPDIR/f$lines.c"
done
awk -f tests/abi/functions.awk "$TEST_TMPDIR/f60.c" || { echo "60 lines are no fault" && failed=1; }
awk -f tests/abi/functions.awk "$TEST_TMPDIR/f61.c" >/dev/null && { echo "61 lines are a fault" && failed=1; }

files | cut -d/ -f1 | sort -u |
    grep -vxE 'fs|kvcore|tests|contrib|CMakeLists\.txt|README\.md|LICENSE|CMakePresets\.json|\..*' >"$TEST_TMPDIR/top"
found "not a name of the top level" <"$TEST_TMPDIR/top"

files | grep -E '(^|/)(utils?|misc|common|helpers?|manager)(\.[a-z]+)?(/|$)' >"$TEST_TMPDIR/names"
found "names that say nothing" <"$TEST_TMPDIR/names"

# Identifiers that we define: kv_thing_destroy, handle_it, and the like.
sources | grep -E '^(kvcore|fs)/' |
    xargs grep -nE '^[a-z].*\b[a-z_]*_(destroy|handle|process|manage|exec|ex|data2|tmp)\(' >"$TEST_TMPDIR/verbs"
found "verbs that are not on the list" <"$TEST_TMPDIR/verbs"

# Tests wait for events, with a deadline.
files | grep -E '^tests/.*\.(c|h|sh)$|^tests/[^/.]*$' | xargs grep -nE '\b(u|nano|clock_nano)?sleep[ (]+[0-9"$&]' |
    grep -v '^tests/abi/test_shape.sh' >"$TEST_TMPDIR/sleeps"
found "tests that sleep" <"$TEST_TMPDIR/sleeps"

# Where this copy lies is nobody else's business, and works nowhere else.
places=(-e "$SRC/" -e "$BUILD/")
case $(dirname "$SRC") in
/ | /tmp | /var/tmp | /home | /opt | /srv | /usr/src) ;;
*) places+=(-e "$(dirname "$SRC")/") ;;
esac
files | xargs grep -nIF "${places[@]}" >"$TEST_TMPDIR/paths"
files | xargs grep -nIE '(^|[^A-Za-z0-9_.$}"/])/(home|root|Users)/[A-Za-z0-9]' |
    grep -v '^tests/abi/test_shape.sh' >>"$TEST_TMPDIR/paths"
found "paths of one machine" <"$TEST_TMPDIR/paths"

found_goto() {
    # A function that cleans up by attribute has no goto: jumping over a declaration skips its start, not its end.
    sources | grep -E '^(kvcore|fs)/' | xargs awk '
        FNR == 1 || /^\}/ { clean = 0 }
        /cleanup/ { clean = 1 }
        /^[ \t]+goto / && clean { print FILENAME ":" FNR ": " $0 }'
}
found_goto >"$TEST_TMPDIR/goto"
found "goto in a function that uses cleanup" <"$TEST_TMPDIR/goto"

# The library is a guest in its program: it never prints, exits, reads the environment or touches signals.
sources | grep -E '^kvcore/' | grep -v '^kvcore/tools/' |
    xargs grep -nE '(^|[^A-Za-z0-9_>."])(printf|fprintf|puts|perror|exit|_exit|getenv|secure_getenv|setenv|signal|sigaction|pthread_sigmask|sigprocmask|syslog) ?\(' |
    grep -vE ':[0-9]+: *(/?\*|//)' >"$TEST_TMPDIR/guest"
found "the library must not" <"$TEST_TMPDIR/guest"
exit $failed

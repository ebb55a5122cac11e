#!/usr/bin/env bash
# Each public header compiles alone, and twice, as strict C99 and as C++, and stands for itself in include order.
set -u
failed=0
count=0

compile() {
    local header=$1
    shift
    if ! printf '#include "%s"\n#include "%s"\n' "$header" "$header" |
        "$@" -pedantic-errors -Wall -Wextra -Werror -I "$SRC" -fsyntax-only -; then
        echo "$header: does not compile alone: $*"
        failed=1
    fi
}

for path in "$SRC"/kvcore/*.h; do
    header=kvcore/$(basename "$path")
    compile "$header" "${CC:-cc}" -x c -std=c99 -Wstrict-prototypes
    compile "$header" g++ -x c++ -std=c++11
    grep -q '^extern "C" {' "$path" || grep -qE '^#include "kvcore/' "$path" ||
        { echo "$header: C++ programs need extern \"C\"" && failed=1; }
    count=$((count + 1))
done
[ $count -gt 0 ] || { echo "no public headers" && exit 1; }
exit $failed

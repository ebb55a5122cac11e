#!/usr/bin/env bash
# The shared library exports kv_ symbols only, and every function that a public header declares.
set -u
library=$BUILD/kvcore/libkvcore.so
failed=0

exported=$(nm -D --defined-only "$library" | awk '{ print $NF }' | sed 's/@.*//' | sort -u)
[ -n "$exported" ] || { echo "nothing is exported" && exit 1; }
strangers=$(grep -v '^kv_' <<<"$exported")
[ -z "$strangers" ] || { printf 'exported:\n%s\n' "$strangers" && failed=1; }

# A declaration without `static` in front, as the preprocessor shows the header that programs include.
declared=$(echo '#include "kvcore/kvcore.h"' | "${CC:-cc}" -E -P -I "$SRC" -x c - | tr '\n' ' ' | tr ';{}' '\n' |
    grep -vE '^ *(static|typedef|return)\b' | grep -oE '\bkv_[a-z0-9_]+ ?\(' | tr -d ' (' | sort -u)
[ -n "$declared" ] || { echo "no function is declared" && exit 1; }
missing=$(comm -23 <(echo "$declared") <(echo "$exported"))
[ -z "$missing" ] || { printf 'declared and not there:\n%s\n' "$missing" && failed=1; }

# What is in the static library besides belongs to kvi_: it shares its names with the program that links it.
inside=$(nm --defined-only -g "$BUILD/kvcore/libkvcore.a" 2>/dev/null | awk 'NF == 3 { print $3 }' | grep -vE '^kvi?_')
[ -z "$inside" ] || { printf 'neither kv_ nor kvi_:\n%s\n' "$inside" && failed=1; }
exit $failed

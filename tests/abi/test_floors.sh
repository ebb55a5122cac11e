#!/usr/bin/env bash
# #include lines point down (tests/abi/floors.awk has the table), and backends and layers call no public verb.
set -u
failed=0

# check_floors ROOT prints what is wrong below ROOT.
check_floors() (
    cd "$1" && find kvcore fs -name '*.[ch]' -print0 | sort -z | xargs -0 awk -f "$SRC/tests/abi/floors.awk"
)

check_floors "$SRC" || failed=1

# The table itself is tested: each of these lines is one that it has to find, or one that it has to let pass.
expect() {
    local answer=$1 file=$2 line=$3
    rm -rf tree && mkdir -p tree/kvcore tree/fs "tree/$(dirname "$file")"
    echo "$line" >"tree/$file"
    if check_floors tree >/dev/null; then
        [ "$answer" = good ] && return
    else
        [ "$answer" = bad ] && return
    fi
    echo "not found to be $answer: $file with $line"
    failed=1
}
expect good kvcore/base/a.c '#include "kvcore/slice.h"'
expect bad kvcore/base/a.c '#include "kvcore/iter/merge.h"'
expect bad kvcore/base/a.c '#include "kvcore/store.h"'
expect bad kvcore/iter/a.h '#  include "kvcore/core/spi.h"'
expect good kvcore/tablet/a.h '#include "kvcore/iter/merge.h"'
expect bad kvcore/rpc/a.h '#include "kvcore/iter/merge.h"'
expect good kvcore/core/a.c '#include "kvcore/bucket.h"'
expect bad kvcore/core/a.c '#include "kvcore/layer/overlay.h"'
expect good kvcore/layer/a.c '#include "kvcore/core/spi.h"'
expect bad kvcore/layer/a.c '#include "kvcore/bucket.h"'
expect bad kvcore/backend/lmdb/a.c '#include "kvcore/kvcore.h"'
expect bad kvcore/backend/lmdb/a.c '#include "kvcore/backend/other/b.h"'
expect good kvcore/backend/lmdb/a.c '#include <lmdb.h>'
expect bad kvcore/layer/a.c '#include <lmdb.h>'
expect good kvcore/session/a.c '#include "kvcore/layer/overlay.h"'
expect bad kvcore/session/a.c '#include "kvcore/tools/scan.h"'
expect good kvcore/session/a.c '#include "kvcore/tablet/writer.h"'
expect bad kvcore/kvcore.h '#include "kvcore/core/spi.h"'
expect good kvcore/registry.c '#include "kvcore/backend/lmdb/lmdb.h"'
expect bad kvcore/tools/a.c '#include "kvcore/core/spi.h"'
expect good fs/a.c '#include <fuse_lowlevel.h>'
expect bad fs/a.c '#include "kvcore/base/buffer.h"'
expect bad fs/a.c '#include <kvcore/kvcore.h>'
expect bad kvcore/tools/a.c '#include <fuse.h>'
expect bad fs/a.c '#include "a.h"'
expect bad kvcore/helpers/a.c '#include "kvcore/slice.h"'

# What a backend or a layer calls is in its object files.
objects=$BUILD/kvcore/CMakeFiles/kvcore_objects.dir
[ -d "$objects" ] || { echo "no object files in $objects" && exit 1; }
verbs=$(find "$objects/backend" "$objects/layer" -name '*.o' -exec nm -A --undefined-only {} + 2>/dev/null |
    grep -E ' U kv_(store|txn|bucket|cursor|range|session|view|update)(_|$)')
if [ -n "$verbs" ]; then
    echo "public verbs called from below:"
    echo "$verbs"
    failed=1
fi
exit $failed

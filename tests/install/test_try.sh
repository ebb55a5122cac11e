#!/usr/bin/env bash
# contrib/try mounts a store named with its scheme, and works whatever CDPATH is. Its build is the one that is there.
set -eu
export LC_ALL=C
[ -e /dev/fuse ] || { echo "there is no /dev/fuse" && exit 77; }

fail() {
    echo "$*"
    exit 1
}

mkdir -p top/contrib top/tests
cp "$SRC/contrib/try" top/contrib
printf '#!/bin/sh\n' >top/tests/install-packages
chmod +x top/tests/install-packages
cat >top/CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.25)
project(try LANGUAGES NONE)
configure_file($ENV{KVFS} fs/kvfs COPYONLY)
configure_file($ENV{KVTOOL} kvcore/kvtool COPYONLY)
END
cat >top/CMakePresets.json <<'END'
{"version": 6,
 "configurePresets": [{"name": "release", "generator": "Ninja", "binaryDir": "${sourceDir}/build"}],
 "buildPresets": [{"name": "release", "configurePreset": "release"}]}
END

"$KVTOOL" put --create store fruit apple red
# tries STORE WANTED: it is mounted, and what to type next names it so that it can be pasted.
tries() {
    (cd top && CDPATH=$PWD contrib/try "$1" ../mnt) >out 2>&1 || { cat out && fail "contrib/try $1"; }
    [ "$(cat mnt/fruit/apple)" = red ] || fail "$1 is not mounted"
    "$KVFS" -u mnt
    grep -qF " get $2 BUCKET KEY" out || { cat out && fail "the next steps do not name $2"; }
    grep -qi 'no such file' out && { cat out && fail "an error is told"; }
    return 0
}
tries ../store "$PWD/store"
tries lmdb:../store "lmdb:$PWD/store"

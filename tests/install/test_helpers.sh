#!/usr/bin/env bash
# The links by which mount(8) and umount(8) find kvfs go into the prefix of the moment, work there, and nowhere else.
set -eu
export LC_ALL=C

fail() {
    echo "$*"
    exit 1
}

configured=$(sed -n 's/^CMAKE_INSTALL_PREFIX:PATH=//p' "$BUILD/CMakeCache.txt")
[ -n "$configured" ] || fail "the build's own prefix is not known"
outside() { ls -l --time-style=full-iso "$configured/sbin" "$configured/bin" /usr/sbin /sbin/ 2>/dev/null || :; }
outside >before

# helpers DIRECTORY: both links are in its sbin, and lead to its kvfs.
helpers() {
    local name
    for name in mount.fuse.kvfs umount.fuse.kvfs; do
        [ -L "$1/sbin/$name" ] || fail "there is no link $1/sbin/$name"
        [ "$(readlink "$1/sbin/$name")" = ../bin/kvfs ] || fail "$name leads to $(readlink "$1/sbin/$name")"
        [ "$(realpath -e "$1/sbin/$name")" = "$(realpath -e "$1/bin/kvfs")" ] || fail "$1/sbin/$name does not resolve"
    done
}

cmake --install "$BUILD" --prefix "$PWD/prefix" >install.log 2>&1 || { cat install.log && exit 1; }
helpers prefix
grep -q 'look for mount.fuse.kvfs and umount.fuse.kvfs in /sbin, not in' install.log || fail "nothing is said of /sbin"

# Again, over what is there, and moved: relative links move along.
cmake --install "$BUILD" --prefix "$PWD/prefix" >install.log 2>&1 || { cat install.log && exit 1; }
mv prefix moved
helpers moved

DESTDIR=$PWD/staged cmake --install "$BUILD" --prefix /usr >install.log 2>&1 || { cat install.log && exit 1; }
helpers staged/usr
grep -q 'look for mount' install.log && fail "/usr/sbin is where they look"

outside >after
cmp before after || fail "something outside the prefix changed"

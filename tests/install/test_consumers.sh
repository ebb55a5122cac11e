#!/usr/bin/env bash
# An installed copy serves programs that find it by CMake, shared or static, or by pkg-config, from a prefix that the
# build never heard of; and the embedding example of the README is such a program.
set -eu
export LC_ALL=C
prefix=$PWD/prefix

fail() {
    echo "$*"
    exit 1
}

# same EXPECTED ACTUAL compares two texts.
same() {
    [ "$1" = "$2" ] || fail "expected:
$1
got:
$2"
}

cmake --install "$BUILD" --prefix "$prefix" >install.log || { cat install.log && exit 1; }
cmp "$SRC/kvcore/kvcore.h" "$prefix/include/kvcore/kvcore.h"
[ -z "$(find "$prefix/include/kvcore" -mindepth 1 -type d)" ] || fail "only kvcore/*.h are public"
grep -rlF -e "$SRC" -e "$BUILD" "$prefix" --include='*.cmake' --include='*.pc' --include='*.h' &&
    fail "the files above name the build's directories"
libraries=$(dirname "$(find "$prefix" -name libkvcore.so)")

cat >consumer.c <<'END'
#include <kvcore/kvcore.h>
#include <stdio.h>

int main(void)
{
    puts(kv_status_text(KV_NOT_FOUND));
    return 0;
}
END

mkdir by-cmake
cat >by-cmake/CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.25)
project(consumer C)
find_package(kvcore 0.1 REQUIRED)
add_executable(shared ../consumer.c)
target_link_libraries(shared kvcore::kvcore)
add_executable(static ../consumer.c)
target_link_libraries(static kvcore::kvcore_static)
END
{
    cmake -S by-cmake -B by-cmake/build -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_COMPILER="$CC" &&
        cmake --build by-cmake/build
} >cmake.log 2>&1 || { cat cmake.log && fail "the CMake consumer does not build"; }
same "not found" "$(by-cmake/build/shared)"
same "not found" "$(by-cmake/build/static)"
ldd by-cmake/build/shared | grep -q "$libraries/libkvcore.so.0" || fail "not linked to the installed library"
ldd by-cmake/build/static | grep -q libkvcore && fail "kvcore_static is not static"

# compile OUTPUT SOURCE builds as the README tells: with pkg-config.
export PKG_CONFIG_PATH=$libraries/pkgconfig
export LD_LIBRARY_PATH=$libraries
compile() {
    # shellcheck disable=SC2046
    "$CC" -std=c99 -pedantic-errors -Wall -Wextra -Werror -o "$1" "$2" $(pkg-config --cflags --libs kvcore)
}
same "$prefix" "$(realpath "$(pkg-config --variable=prefix kvcore)")"
compile by-pkg-config consumer.c
same "not found" "$(./by-pkg-config)"

# What is installed besides runs from there: it links nothing of the build.
for program in kvtool kvfs; do
    installed=$prefix/bin/$program
    if [ -e "$installed" ]; then
        readelf -d "$installed" | grep -F "$BUILD" && fail "$program looks for libraries in the build directory"
        ldd "$installed" | grep 'not found' && fail "$program lacks a library"
    fi
done

# block LANGUAGE prints the first block in that language below the README's heading on embedding.
block() {
    awk -v language="$1" '
        /^```/ {
            if (inside) exit
            fenced = !fenced
            inside = fenced && below && $0 == "```" language
            next
        }
        /^#/ && !fenced { below = /Embed/ }
        inside { print }' "$SRC/README.md"
}
[ -e "$SRC/README.md" ] || fail "there is no README.md"
block c >example.c
[ -s example.c ] || fail "README.md has no c block below a heading with the word Embed"
[ -n "$(block text)" ] || fail "README.md does not tell, in a text block, what the example prints"
compile example example.c
mkdir elsewhere
same "$(block text)" "$(cd elsewhere && ../example)"

#!/usr/bin/env bash
# install-packages tells what is missing from what is there, half of it there included, and asks for no version.
set -eu
export LC_ALL=C
for tool in dpkg-query apt-get setpriv; do
    command -v $tool >/dev/null || { echo "there is no $tool" && exit 77; }
done

# A database of dpkg's, which somebody who may install nothing reads: then the missing packages are only told.
base=$(mktemp -d "${TMPDIR:-/tmp}/kvcore-packages.XXXXXX")
trap 'rm -rf "$base"' EXIT
mkdir -p "$base/bin" "$base/dpkg/info" "$base/dpkg/updates"
for tool in bash dpkg-query apt-get id grep; do
    ln -s "$(command -v $tool)" "$base/bin/$tool"
done
state() {
    printf "Package: %s\nStatus: install ok %s\nVersion: 1\nArchitecture: all\n" "$1" "$2"
    printf "Maintainer: nobody\nDescription: one\n\n"
}
{
    state git installed
    state clang half-installed
    state clang-format config-files
    state clang-tidy installed
} >"$base/dpkg/status"
chmod -R a+rX "$base"

unprivileged=()
[ "$(id -u)" -ne 0 ] || unprivileged=(setpriv --reuid 65534 --regid 65534 --clear-groups)
status=0
said=$("${unprivileged[@]}" env -i PATH="$base/bin" DPKG_ADMINDIR="$base/dpkg" "$base/bin/bash" -s check \
    <"$SRC/tests/install-packages" 2>&1) || status=$?
wanted='install-packages: as root, please: apt-get install clang clang-format libclang-rt-dev'
[ "$status" -eq 1 ] && [ "$said" = "$wanted" ] || { echo "status $status: $said" && exit 1; }

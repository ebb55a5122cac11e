# A value of 100 MB goes in and out, by every way.
. "$SRC/tests/tool/expect.sh"

head -c 100000000 /dev/urandom >value
exits 0 "$KVTOOL" put --create --file value s b large
"$KVTOOL" get s b large | cmp - value || fail "get of a large value"
cat value | "$KVTOOL" put s '' large || fail "put of a large value through a pipe"
"$KVTOOL" get s large | cmp - value || fail "get of a large value from the root map"
"$KVTOOL" dump s b >dump || fail "dump of a large value"
rm -rf s
exits 0 "$KVTOOL" load --create s --file dump
rm dump
"$KVTOOL" get s b large | cmp - value || fail "load of a large value"
exits 0 "$KVTOOL" copy --create s other
"$KVTOOL" get other b large | cmp - value || fail "copy of a large value"
"$KVTOOL" scan --format hex other b | tail -c 101 | head -c 100 >hex
tail -c 50 value | od -An -v -tx1 | tr -d ' \n' | cmp - hex || fail "scan of a large value"
finish

# Integer buckets: decimal keys and values, of 4 and of 8 bytes.
. "$SRC/tests/tool/expect.sh"
. "$SRC/tests/foreign/make_mdb_load.sh"

for size in 4 8; do
    make_integer "i$size" "$size"
    exits 0 "$KVTOOL" scan "i$size" numbers
    prints "$(printf '%s\tn%s\n' 0 0 1 1 9 9 10 10 255 255 256 256 65536 65536 4294967295 4294967295)"
    exits 0 "$KVTOOL" scan "i$size" pairs
    prints "$(printf '%s\t%s\n' 3 1 3 256 200 1 200 256 70000 1 70000 256)"
    exits 0 "$KVTOOL" scan --format json --limit 1 "i$size" pairs
    prints '{"key":"3","value":"1"}'
    exits 0 "$KVTOOL" scan --from 10 --to 65536 --keys "i$size" numbers
    prints "$(printf '10\n255\n256')"
    exits 0 "$KVTOOL" get "i$size" numbers 65536
    printf n65536 | cmp -s - out || fail "get by number"
    exits 1 "$KVTOOL" get "i$size" numbers 2
    for bad in x 01 -1 4294967296999999999999 ''; do
        exits 2 "$KVTOOL" get "i$size" numbers -- "$bad"
    done
    exits 0 "$KVTOOL" put "i$size" numbers 77 seventy
    exits 0 "$KVTOOL" put "i$size" pairs 3 17
    exits 0 "$KVTOOL" get --all "i$size" pairs 3
    prints "$(printf '1\n17\n256')"
    exits 2 "$KVTOOL" put "i$size" pairs 3 x
    exits 0 "$KVTOOL" del "i$size" pairs 3 17
    mdb_dump -s numbers "i$size" | grep -qx " $(bytes_of 77 "$size")" || fail "put wrote no key of $size bytes"
done
exits 2 "$KVTOOL" get i4 numbers 4294967296

# In an empty bucket the size is 8, unless said.
exits 0 "$KVTOOL" mkbucket --create --kind integer-key n eight
exits 0 "$KVTOOL" put n eight 5 v
exits 0 "$KVTOOL" scan --keys --format hex n eight
prints "$(bytes_of 5 8)"
exits 0 "$KVTOOL" mkbucket --kind integer-key+integer-dup n four
exits 0 "$KVTOOL" put --integer-size 4 n four 5 6
exits 0 "$KVTOOL" put n four 5 7
exits 0 "$KVTOOL" scan --format hex n four
prints "$(printf '%s\t%s\n' "$(bytes_of 5 4)" "$(bytes_of 6 4)" "$(bytes_of 5 4)" "$(bytes_of 7 4)")"
exits 2 "$KVTOOL" put --integer-size 5 n four 5 6
finish

# scan: order, bounds, and three formats that lose nothing.
. "$SRC/tests/tool/expect.sh"
. "$SRC/tests/foreign/make_mdb_load.sh"

make_plain s
count=$(mdb_stat s | awk '/Entries/ { print $2 }')
exits 0 "$KVTOOL" scan s
[ "$(wc -l <out)" -eq "$count" ] || fail "not $count lines"
tac out >backward
exits 0 "$KVTOOL" scan --reverse s
same "--reverse" out backward

# hex is what mdb_dump prints.
mdb_dump s | sed '1,/HEADER=END/d; /DATA=END/d; s/^ //' | paste - - >theirs
exits 0 "$KVTOOL" scan --format hex s
same "--format hex" out theirs

# Text reads back with printf %b, keys with get.
exits 0 "$KVTOOL" scan s
while IFS=$'\t' read -r key value; do
    printf '%b' "$value" >expected
    "$KVTOOL" get s "$key" >value || fail "get $key"
    cmp -s expected value || fail "the value of $key does not read back from '$value'"
done < <(grep -v '^key0' out; grep '^key00001' out)
[ "$(grep -c . expected)" -ge 0 ] || fail "nothing was compared"

# So does JSON.
exits 0 "$KVTOOL" scan --format json s
jq -r 'def hex: if type == "object" then .hex else (@json "\(.)" | fromjson | explode | map(tostring) | join(",")) end;
       [(.key | type), (.value | type)] | @tsv' out >types || fail "not JSON lines"
[ "$(wc -l <types)" -eq "$count" ] || fail "JSON: not $count objects"
jq -r 'select(.key == "key000007") | .value' out | grep -qx 'value of 7' || fail "JSON: a string"
jq -r 'select((.key | type) == "object") | .key.hex' out | grep -qx fffe || fail "JSON: bytes that are no UTF-8"
jq -r 'select(.key == "binary") | .value.hex' out | grep -qx '00010a095c7fff' || fail "JSON: a binary value"
jq -r 'select(.key == "ä") | .value' out | grep -qx umlaut || fail "JSON: UTF-8"
jq -j 'select(.key == "\u0000") | .value' out | grep -q 'a zero byte' || fail "JSON: NUL"

exits 0 "$KVTOOL" scan --keys --from key000010 --to key000013 s
prints "$(printf 'key000010\nkey000011\nkey000012')"
exits 0 "$KVTOOL" scan --keys --reverse --from key000010 --to key000007 s
prints "$(printf 'key000010\nkey000009\nkey000008')"
exits 0 "$KVTOOL" scan --keys --prefix key00099 --limit 3 s
prints "$(printf 'key000990\nkey000991\nkey000992')"
exits 0 "$KVTOOL" scan -k -r --prefix key00099 -n 1 s
prints key000999
exits 0 "$KVTOOL" scan --prefix nothing s
prints ''
exits 2 "$KVTOOL" scan --from b --to a s
exits 2 "$KVTOOL" scan --format xml s
exits 2 "$KVTOOL" scan --limit x s
exits 1 "$KVTOOL" scan s absent
finish

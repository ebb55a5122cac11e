# stat tells that it could not tell everything: by its status, and by an object without an end.
. "$SRC/tests/tool/expect.sh"

for name in b1 b2 b3 b4; do
    tool mkbucket --create --kind dup-sort s $name
done
exits 0 "$KVTOOL" stat --json s
jq -e '.buckets | length == 4' out >/dev/null || fail "not an object with four buckets: $(cat out)"

# A bucket of a kind that no LMDB of today makes: its record is its name, four bytes, and the kind's flags.
perl -e 'local $/; open F, "+<", "s/data.mdb" or die; $_ = <F>; $n = s/(b3....)\x04\x00/$1\x7f\x00/sg;
         seek F, 0, 0; print F $_; die "not found" unless $n' || fail "cannot damage the store"
exits 3 "$KVTOOL" stat --json s
[ -s err ] || fail "nothing was said"
grep -q '"name":"b2"' out || fail "the buckets before it are not told: $(cat out)"
jq . out >/dev/null 2>&1 && fail "an object that broke off is whole: $(cat out)"
exits 3 "$KVTOOL" stat s
finish

# buckets, mkbucket, drop, clear and stat.
. "$SRC/tests/tool/expect.sh"

exits 3 "$KVTOOL" mkbucket s a
says '--create'
exits 0 "$KVTOOL" mkbucket --create s a
exits 0 "$KVTOOL" mkbucket s a
exits 0 "$KVTOOL" mkbucket --kind plain s a
exits 3 "$KVTOOL" mkbucket --kind dup-sort s a
exits 2 "$KVTOOL" mkbucket --kind soft s b
exits 2 "$KVTOOL" mkbucket s
kinds='dup-sort dup-fixed integer-key integer-dup reverse-key reverse-dup+dup-sort integer-key+dup-fixed'
for kind in $kinds; do
    exits 0 "$KVTOOL" mkbucket --kind "$kind" s "b $kind"
done
exits 0 "$KVTOOL" put s a key value
exits 0 "$KVTOOL" put s 'b dup-sort' key 1
exits 0 "$KVTOOL" put s 'b dup-sort' key 2
exits 0 "$KVTOOL" buckets s
prints "$(printf '%s\t%s\t%s\n' a plain 1 'b dup-fixed' dup-fixed 0 'b dup-sort' dup-sort 2 \
    'b integer-dup' integer-dup 0 'b integer-key' integer-key 0 'b integer-key+dup-fixed' dup-fixed+integer-key 0 \
    'b reverse-dup+dup-sort' reverse-dup 0 'b reverse-key' reverse-key 0)"

# LMDB's own tool sees the same.
mdb_dump -l s | LC_ALL=C sort >theirs
cut -f1 out >ours
same "names of buckets" ours theirs

exits 0 "$KVTOOL" put s '' rootkey value
exits 0 "$KVTOOL" buckets s
head -1 out | grep -qx "	plain	1" || fail "the root map's pairs are not told"
exits 0 "$KVTOOL" buckets --json s
jq -e -s 'length == 9 and .[0].name == "" and .[1] == {name:"a",kind:"plain",pairs:1}' out >/dev/null ||
    fail "buckets --json: $(cat out)"

exits 0 "$KVTOOL" stat s
grep -q '^bucket a: plain, 1 pairs, [0-9]* bytes$' out || fail "stat: $(cat out)"
exits 0 "$KVTOOL" stat --json s
jq -e '.scheme == "lmdb" and .txid > 10 and .disk_size > 0 and .page_size == 4096 and .bucket_count == 8
       and .root_pairs == 1 and (.buckets | length) == 8 and .buckets[0].size > 0' out >/dev/null ||
    fail "stat --json: $(cat out)"
exits 0 "$KVTOOL" stat --json s a
jq -e '.pairs == 1' out >/dev/null || fail "stat --json of a bucket: $(cat out)"
exits 1 "$KVTOOL" stat s absent

exits 0 "$KVTOOL" clear s 'b dup-sort'
exits 0 "$KVTOOL" mkbucket --kind dup-sort s 'b dup-sort'
exits 0 "$KVTOOL" scan s 'b dup-sort'
prints ''
exits 1 "$KVTOOL" clear s absent
exits 0 "$KVTOOL" drop s 'b dup-sort'
exits 1 "$KVTOOL" drop s 'b dup-sort'
exits 1 "$KVTOOL" scan s 'b dup-sort'
exits 2 "$KVTOOL" drop s ''
exits 0 "$KVTOOL" clear s
exits 1 "$KVTOOL" get s rootkey
exits 0 "$KVTOOL" get s a key

# More buckets than a store keeps open by itself, in one transaction.
for number in $(seq -w 1 600); do
    printf 'VERSION=3\ndatabase=many%s\nHEADER=END\n key\n %s\nDATA=END\n' "$number" "$number"
done | sed 's/^ key/ 6b6579/; s/^ \(...\)$/ 00\1f/' >many
exits 0 "$KVTOOL" load --create many.store <many
exits 0 "$KVTOOL" buckets many.store
[ "$(wc -l <out)" -eq 600 ] || fail "600 buckets, but $(wc -l <out) are told"
exits 0 "$KVTOOL" check many.store
exits 0 "$KVTOOL" copy --create many.store many.copy
same "600 buckets copied" <("$KVTOOL" dump -a many.store) <("$KVTOOL" dump -a many.copy)

# Looking makes nothing.
cp s/data.mdb before
for look in "buckets s" "stat s" "scan s" "scan s a" "dump -a s" "check s"; do
    exits 0 "$KVTOOL" $look
done
same "looking changed the store" before s/data.mdb
exits 3 "$KVTOOL" buckets absent
[ ! -e absent ] || fail "looking made a store"
finish

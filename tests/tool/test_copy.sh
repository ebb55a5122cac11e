# copy: any store into any, with the kinds.
. "$SRC/tests/tool/expect.sh"
. "$SRC/tests/foreign/make_mdb_load.sh"

without_limits() { sed -E 's,^(mapsize|maxreaders)=[0-9]+$,\1,'; }
make_plain plain
make_many many
make_dup_sort dups
make_dup_fixed fixed
make_integer integers 8
make_reverse reverse

for store in plain many dups fixed integers reverse; do
    exits 3 "$KVTOOL" copy $store $store.copy
    says '--create'
    exits 0 "$KVTOOL" copy --create $store $store.copy
    prints ''
    [ ! -s err ] || fail "copy told its progress without a terminal"
    [ $store = plain ] && all= || all=-a
    same "copy of $store" <(mdb_dump $all $store | without_limits) <(mdb_dump $all $store.copy | without_limits)
    exits 0 "$KVTOOL" check $store.copy
    # Once more changes nothing.
    exits 0 "$KVTOOL" copy $store $store.copy
    same "second copy of $store" <(mdb_dump $all $store | without_limits) \
        <(mdb_dump $all $store.copy | without_limits)
done

# What DST has stays, or is kept where both have a key.
exits 0 "$KVTOOL" put --create to alpha key000001 old
exits 0 "$KVTOOL" put to alpha own value
exits 0 "$KVTOOL" put to other key value
exits 0 "$KVTOOL" copy --new-only many to
exits 0 "$KVTOOL" get to alpha key000001
printf old | cmp -s - out || fail "--new-only replaced a pair"
exits 0 "$KVTOOL" copy many to
exits 0 "$KVTOOL" get to alpha key000001
printf 'value of 1' | cmp -s - out || fail "copy did not replace a pair"
exits 0 "$KVTOOL" get to alpha own
exits 0 "$KVTOOL" get to other key

exits 0 "$KVTOOL" copy --create --bucket a%2Fb many one
exits 0 "$KVTOOL" buckets one
prints "$(printf 'a%%2Fb\tplain\t50')"
exits 1 "$KVTOOL" copy --create --bucket absent many one
exits 0 "$KVTOOL" copy --create --batch 1K dups batches
same "copy in batches" <(mdb_dump -a dups | without_limits) <(mdb_dump -a batches | without_limits)

# All or nothing: a bucket of another kind in DST stops it, and what came before it is not in.
exits 0 "$KVTOOL" mkbucket --create --kind dup-sort clash beta
"$KVTOOL" dump --all clash >before
exits 3 "$KVTOOL" copy many clash
says 'beta'
"$KVTOOL" dump --all clash | cmp -s - before || fail "a failed copy changed the store"

exits 0 "$KVTOOL" copy many mem:
exits 3 "$KVTOOL" copy absent mem:

# On a terminal it tells how far it is, and takes that away again.
seq 1 200000 | awk '{ printf "k%07d\nv\n", $1 }' | "$KVTOOL" load -T --create big b
script -qec "'$KVTOOL' copy --create big big.copy" /dev/null >terminal </dev/null || fail "copy on a terminal"
grep -q 'of 200000 pairs' terminal || fail "progress: $(cat -v terminal)"
tail -c 4 terminal | grep -q $'\r\033\[K' || fail "progress was not taken away: $(tail -c 40 terminal | cat -v)"
exits 0 "$KVTOOL" check -q big.copy
prints ''
finish

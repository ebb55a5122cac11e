# check: sound stores of all kinds pass, damage is told and never a crash.
. "$SRC/tests/tool/expect.sh"
. "$SRC/tests/foreign/make_mdb_load.sh"

make_plain plain
make_file file
make_many many
make_dup_sort dups
make_dup_fixed fixed
make_integer four 4
make_integer eight 8
make_reverse reverse
for store in plain file many dups fixed four eight reverse; do
    exits 0 "$KVTOOL" check $store
    grep -q 'pairs: sound$' out || fail "check $store: $(cat out err)"
done
exits 0 "$KVTOOL" check many alpha
prints '1 buckets, 50 pairs: sound'
exits 1 "$KVTOOL" check many absent
exits 3 "$KVTOOL" check absent

# Two keys exchanged within a page: the store opens, and its order is wrong.
cp -r plain damaged
perl -e 'local $/; open F, "+<", $ARGV[0] or die; $_ = <F>; $n = s/key000500value of 500/key000499value of 500/;
         seek F, 0, 0; print F $_; die "not found" unless $n' damaged/data.mdb || fail "cannot damage the store"
exits 3 "$KVTOOL" check damaged
says 'problems'

# From here on LMDB follows what damaged pages say, anywhere: that is for a process of its own, and a sanitizer in it
# would only tell what is known.
[ -z "${KV_SANITIZE-}" ] || finish

# Cut short: refused or told, but never a crash of kvtool.
cp -r dups cut
truncate -s 16384 cut/data.mdb
exits 3 "$KVTOOL" check cut
[ -s err ] || fail "nothing was said about a store that was cut"

# Pages overwritten with noise, one at a time.
pages=$(($(stat -c %s dups/data.mdb) / 4096))
told=0
for page in $(seq 2 3 $((pages - 1))); do
    cp -r dups noise
    dd if=/dev/urandom of=noise/data.mdb bs=4096 seek="$page" count=1 conv=notrunc 2>/dev/null
    "$KVTOOL" check noise >out 2>err
    status=$?
    case $status in
    0) ;;
    3) told=$((told + 1)) && [ -s err ] || fail "page $page: nothing was said" ;;
    *) fail "page $page: status $status" ;;
    esac
    rm -rf noise
done
[ "$told" -gt 0 ] || fail "no damaged page was noticed"
finish

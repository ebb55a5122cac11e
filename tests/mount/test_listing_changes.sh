# S7: a listing that runs while others write shows every pair that was there throughout exactly once.
. "$SRC/tests/mount/mount.sh"

seq 1 20000 | awk 'BEGIN { print "VERSION=3\nformat=print\ndatabase=b\ntype=btree\nHEADER=END" }
    { printf " key%05d\n value\n", $1 } END { print "DATA=END" }' >text
tool load --create --file text store
mount_store store
for n in $(seq 1 2000); do : >"mnt/b/.$n%25b"; done

# Between the pauses: this mount and another process add and remove before and behind the place where the listing is.
change() {
    local n=$1
    printf x >"mnt/b/key00000-new$n"
    printf x >"mnt/b/key10000-new$n"
    printf x >"mnt/b/key99999-new$n"
    printf x >"mnt/b/.draft$n%25b"
    rm "mnt/b/key0$((1000 + n))" "mnt/b/key1$((9000 + n))"
    mv "mnt/b/key00$((100 + n))" "mnt/b/moved$n"
    tool put store b "key0500$n-other" x
    tool del store b "key0$((2000 + n))"
    tool del store b "key1$((8000 + n))"
    [ $((n % 3)) -ne 0 ] || done_by sync mnt
}
for n in 1 2 3 4 5 6 7 8; do
    printf 'key0%d\nkey1%d\nkey00%d\nkey0%d\nkey1%d\n' $((1000 + n)) $((9000 + n)) $((100 + n)) $((2000 + n)) \
        $((8000 + n))
done | sort >changed
seq 1 20000 | awk '{ printf "key%05d\n", $1 }' | sort | comm -23 - changed >stable

mkfifo go said
"$clients/list_slowly" mnt/b listed 2500 <go >said &
lister=$!
exec 4>go 5<said
n=0
while read -r word <&5 && [ "$word" = paused ]; do
    n=$((n + 1))
    [ $n -gt 8 ] || change $n
    echo >&4
done
wait $lister || fail "list_slowly ended with status $?"
[ $n -ge 7 ] || fail "only $n pauses: the listing did not run while others wrote"
grep -xE 'key[0-9]{5}' listed | sort >got
uniq -d got >twice
[ ! -s twice ] || fail "listed twice: $(wc -l <twice): $(head -3 twice)"
comm -23 stable got >missing
[ ! -s missing ] || fail "not listed: $(wc -l <missing): $(head -3 missing)"
grep -xE 'key[0-9]{5}' listed | sort -c || fail "not in order"
sort listed | uniq -d >twice
[ ! -s twice ] || fail "a new name was listed twice: $(head -3 twice)"
[ "$(grep -cxE '\.[0-9]+%25b' listed)" -eq 2000 ] ||
    fail "$(grep -cxE '\.[0-9]+%25b' listed) of 2,000 drafts are listed"
unmount
finish

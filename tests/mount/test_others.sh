# S19 S31 S32: other programs read and commit to the same environment while a session is open, and each sees the other.
. "$SRC/tests/mount/mount.sh"

tool put --create store b shared original
tool put store b theirs 1
tool put store b both original
tool mkbucket store empty
mount_store store
printf mine >mnt/b/mine
printf mine >mnt/b/both
done_by rmdir mnt/empty
done_by mkdir mnt/made

# Nobody waits for the open session: LMDB's own tools, ours, and a writer.
other_process hold store
let_go
tool put store b theirs 2
printf 'key3\ntheirs3\n' | mdb_load -T -s b store || fail "mdb_load"
tool put store b both theirs
tool put store empty 'not any more' x
tool put store made theirs 2
tool put store new k v
mdb_copy store >copy 2>/dev/null || { mkdir copied && mdb_copy store copied; } || fail "mdb_copy"
mdb_dump -s b store | grep -q 6d696e65 && fail "mdb_dump sees what is not committed"

# Their commits show, and the session's changes stay over them.
shows() { [ "$(cat "$1" 2>/dev/null)" = "$2" ]; }
eventually 5 shows mnt/b/theirs 2 || fail "their change does not show: $(cat mnt/b/theirs)"
eventually 5 shows mnt/b/key3 theirs3 || fail "their new pair does not show"
eventually 5 shows mnt/new/k v || fail "their new bucket does not show"
eventually 5 shows mnt/made/theirs 2 || fail "their pair in a bucket that we made does not show"
lists mnt/b both key3 mine shared theirs
holds mnt/b/both mine
tool del store b key3
gone() { ! [ -e mnt/b/key3 ]; }
eventually 5 gone || fail "their removal does not show"
tool put store b theirs 'longer than before'
eventually 5 shows mnt/b/theirs 'longer than before' || fail "a longer value does not show: $(cat mnt/b/theirs)"
[ "$(stat -c %s mnt/b/theirs)" -eq 18 ] || fail "its size is $(stat -c %s mnt/b/theirs)"
tool put store b theirs short
eventually 5 shows mnt/b/theirs short || fail "a shorter value does not show: $(cat mnt/b/theirs)"
[ "$(stat -c %s mnt/b/theirs)" -eq 5 ] || fail "its size is $(stat -c %s mnt/b/theirs)"

# Key by key the last writer wins; a bucket that is not empty by then is not dropped.
done_by sync mnt
stored store b both mine
stored store b mine mine
stored store b theirs short
stored store b shared original
stored store empty 'not any more' x
stored store made theirs 2

# A pair where a bucket of that name has come to be: nothing is committed, and it can be removed.
printf x >mnt/name
printf y >mnt/b/mine
tool mkbucket store name
refuses EEXIST sync mnt
logged EEXIST
logged name
absent store '' name 2>/dev/null
stored store b mine mine
holds mnt/b/mine y
done_by rm -f mnt/name
done_by sync mnt
stored store b mine y
"$KVTOOL" buckets store | grep -q '^name	' || fail "removing the pair removed their bucket"

# A handle opened before a commit by others reads one state to its end.
head -c 1000000 /dev/zero | tr '\0' a >a
head -c 400000 /dev/zero | tr '\0' b >b
tool put --file a store b large
exec 5<mnt/b/large
dd bs=1000 count=100 <&5 >read 2>/dev/null
tool put --file b store b large
eventually 5 eval '[ "$(head -c 1 mnt/b/large)" = b ]' || fail "a new value does not show"
cat <&5 >>read
same "a value read over a commit" a read
same "the new value" b mnt/b/large
exec 5<&-
# The same with a short value, and the kernel's pages.
printf aaaaaaaaaa >short && tool put --file short store b short
exec 5<mnt/b/short
head -c 3 <&5 >read
tool put store b short bbbbb
eventually 5 shows mnt/b/short bbbbb || fail "a new short value does not show"
cat <&5 >>read
same "a short value read over a commit" short read
exec 5<&-

# A mount that nobody uses holds no state: their commits reuse the pages.
for n in $(seq 1 40); do
    head -c 1000000 /dev/zero | "$KVTOOL" put store b large || fail "put $n"
done
[ "$(stat -c %s store/data.mdb)" -lt 20000000 ] || fail "the store has grown to $(stat -c %s store/data.mdb) bytes"

unmount
finish

# S3: a key with several values is a directory of them. For now it is shown, and every change is refused.
. "$SRC/tests/mount/mount.sh"
. "$SRC/tests/foreign/make_mdb_load.sh"

make_dup_sort store
tool put store plain key value
tool mkbucket --kind dup-sort store empty
mdb_dump -a store >before
mount_store store
[ "$(names mnt/dups | wc -l)" -eq 101 ] || fail "keys: $(names mnt/dups | wc -l)"
lists mnt/dups/key000003 value0 value1 value2 value3
holds mnt/dups/key000003/value2 value2
[ "$(stat -c '%F %s' mnt/dups/key000003/value2)" = 'regular file 6' ] || fail "a value is no file of 6 bytes"
[ "$(stat -c %F mnt/dups/key000003)" = directory ] || fail "a key is no directory"
seq 1 5000 | awk '{ printf "v%05d\n", $1 }' >wanted
names mnt/dups/many | same "5,000 values" wanted -
refuses ENOENT cat mnt/dups/key000003/value9
refuses ENOENT ls mnt/dups/key999999
for mdb in $(seq 1 100); do
    for i in $(seq 0 $((mdb % 7))); do printf 'mnt/dups/key%06d/value%d\n' "$mdb" "$i"; done
done >wanted
find mnt/dups -type f -not -path '*/many/*' | sort | same "all values" <(sort wanted) -

refuses EROFS touch mnt/dups/key000003/new
refuses EROFS rm mnt/dups/key000003/value1
refuses EROFS mkdir mnt/dups/newkey
refuses EROFS rmdir mnt/dups/key000003
refuses EROFS truncate -s 0 mnt/dups/key000003/value1
refuses EROFS mv mnt/dups/key000003/value1 mnt/plain/v
refuses EROFS mv mnt/plain/key mnt/dups/key000003/v
refuses EROFS touch mnt/empty/key
logged EROFS
done_by sync mnt
unmount
mdb_dump -a store | same "the store after refused changes" before -
finish

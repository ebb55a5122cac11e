# S1 S2 S3 S5 S32: environments that mdb_load wrote, mounted: each file is what mdb_dump prints, and what is written
# through the mount mdb_dump prints.
. "$SRC/tests/foreign/mounted.sh"
. "$SRC/tests/foreign/make_mdb_load.sh"

# Plain: names and values to the byte, in the order of the keys.
make_plain plain
mount_store plain
files mnt >ours
theirs plain | as_files | same "an environment of mdb_load" - ours
[ "$(wc -l <ours)" -eq 1010 ] || fail "$(wc -l <ours) files of 1,010 pairs"
copied_out mnt
printf changed >mnt/key000001
printf slash >mnt/new%2Fkey
done_by rm mnt/key000002
unmount
mdb_dump -p plain >after
grep -A1 '^ key000001$' after | grep -qx ' changed' || fail "mdb_dump does not see a change"
grep -A1 '^ new/key$' after | grep -qx ' slash' || fail "mdb_dump does not see a new key"
grep -q '^ key000002$' after && fail "mdb_dump does not see a removal"

# A single file, and several databases.
make_file file
make_many many
mount_store file
same "a single file" <(theirs -n file | as_files) <(files mnt)
unmount
mount_store many
lists mnt a%2Fb alpha beta 'with space'
for bucket in alpha beta 'with space' a/b; do
    same "$bucket" <(theirs -s "$bucket" many | as_files) <(files "mnt/${bucket/\//%2F}")
done
copied_out mnt
unmount

# Dup-sort and dup-fixed: a directory for each key, a file for each value, named by it and holding it.
make_dup_sort dups
make_dup_fixed fixed
for store in dups fixed; do
    before=$(mdb_dump -a $store | sha1sum)
    mount_store $store
    theirs -s $store $store | as_files dups >wanted
    [ -s wanted ] || fail "$store is empty"
    same "$store" wanted <(files mnt/$store)
    copied_out mnt
    unmount
    [ "$(mdb_dump -a $store | sha1sum)" = "$before" ] || fail "reading changed $store"
done

# Integers: decimal names, and decimal contents where the values are integers.
for size in 4 8; do
    make_integer store$size $size
    mount_store store$size
    files mnt/numbers >ours
    for number in 0 1 9 10 255 256 65536 4294967295; do
        printf '%d\t%s\n' $number "$(printf 'n%d' $number | od -An -tx1 | tr -d ' \n')"
    done | same "integer keys of $size bytes" - ours
    theirs -s numbers store$size | cut -f2 | same "their values" - <(cut -f2 ours)
    lists mnt/pairs 3 200 70000
    for number in 3 200 70000; do
        lists mnt/pairs/$number 1 256
        [ "$(files mnt/pairs/$number | tail -1)" = "256	$(bytes_of 256 $size)" ] ||
            fail "pairs of $size: $(files mnt/pairs/$number | tail -1)"
    done
    copied_out mnt
    unmount
done

# Reverse keys list in their own order.
make_reverse reverse
mount_store reverse
lists mnt/backward ba ca zb az
holds mnt/backward/zb 4
lists mnt/values/key ba zb az
copied_out mnt
unmount
finish

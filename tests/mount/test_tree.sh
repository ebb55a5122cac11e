# S1 S2 S23 S33: buckets are directories, pairs are files; the root map's pairs stand beside the buckets.
. "$SRC/tests/mount/mount.sh"

tool put --create store colours sky blue
tool put store colours empty ''
head -c 100000 /dev/urandom >large
tool put --file large store colours large
tool mkbucket store animals
tool put store '' motd welcome
mount_store store

lists mnt animals colours motd
lists mnt/colours empty large sky
lists mnt/animals
holds mnt/colours/sky blue
holds mnt/colours/empty ''
holds mnt/motd welcome
same "a large value" large mnt/colours/large
[ "$(stat -c '%F %s' mnt/colours/sky)" = 'regular file 4' ] || fail "sky: $(stat -c '%F %s' mnt/colours/sky)"
[ "$(stat -c '%F %s' mnt/colours/empty)" = 'regular empty file 0' ] ||
    fail "empty: $(stat -c '%F %s' mnt/colours/empty)"
[ "$(stat -c %s mnt/colours/large)" = 100000 ] || fail "large: $(stat -c %s mnt/colours/large)"
[ "$(stat -c %F mnt/colours)" = directory ] || fail "a bucket is no directory"
[ "$(stat -c %F mnt/motd)" = 'regular file' ] || fail "a pair of the root map is no file"
refuses ENOENT cat mnt/nothing
refuses ENOENT cat mnt/colours/nothing
refuses ENOTDIR cat mnt/motd/nothing
refuses EISDIR cat mnt/colours
[ "$(find mnt | wc -l)" -eq 7 ] || fail "find: $(find mnt)"

# And the other way round.
done_by mkdir mnt/plants
printf green >mnt/plants/leaf
: >mnt/plants/nothing
printf now >mnt/date
refuses EEXIST mkdir mnt/plants
refuses EEXIST mkdir mnt/date
refuses ENOTEMPTY rmdir mnt/plants
refuses ENOTDIR rmdir mnt/date
refuses EISDIR rm mnt/plants
done_by rmdir mnt/animals
done_by rm mnt/colours/empty
refuses ENOENT rm mnt/colours/empty
lists mnt colours date motd plants
unmount
stored store plants leaf green
stored store plants nothing ''
stored store '' date now
absent store colours empty
"$KVTOOL" buckets store | cut -f1,2 >buckets
printf 'colours\tplain\nplants\tplain\n\tplain\n' | sort >wanted
sort buckets | same "the buckets" wanted -
[ -z "$(find mnt -mindepth 1)" ] || fail "the directory below the mount has something in it"

# rm -r removes everything, and what was in it is no more.
mount_store store
done_by rm -r mnt/colours mnt/plants mnt/date mnt/motd
lists mnt
unmount
[ "$("$KVTOOL" buckets store)" = '' ] || fail "left after rm -r: $("$KVTOOL" buckets store)"
finish

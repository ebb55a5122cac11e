# S18: kvfs -u commits, unmounts and waits; when the commit fails the mount stays.
. "$SRC/tests/mount/mount.sh"

tool put --create store b key value
mount_store store
head -c 20000000 /dev/zero >mnt/b/large
done_by "$KVFS" -u mnt
# At this moment: committed, unmounted, and the daemon on its way out.
[ "$("$KVTOOL" get store b large | wc -c)" -eq 20000000 ] || fail "not committed when kvfs -u returned"
mountpoint -q mnt && fail "mounted when kvfs -u returned"
daemon_ends 0

# From another directory, by another name.
mount_store store
printf 2 >mnt/b/key
(cd / && "$KVFS" -u "$OLDPWD/mnt") || fail "by an absolute path"
daemon_ends 0
stored store b key 2
mount_store store
done_by "$KVFS" -u mnt/../mnt/
daemon_ends 0

# A mount in use is not unmounted, and goes on; what was closed is committed.
mount_store store
printf 3 >mnt/b/key
exec 5<mnt/b/large
fails "$KVFS" -u mnt
grep -qi busy err || fail "kvfs -u of a mount in use says: $(cat err)"
holds mnt/b/key 3
exec 5<&-
unmount

# A failed commit leaves the mount; --discard gives the session up.
mount_store store timeout=1
printf pending >mnt/b/key
other_process hold store
fails "$KVFS" -u mnt
grep -qi 'timed out' err || fail "kvfs -u does not say why: $(cat err)"
holds mnt/b/key pending
done_by "$KVFS" -u --discard mnt
daemon_ends 0
let_go
stored store b key 3

mount_store store
printf pending >mnt/b/key
done_by rm -r mnt/b
done_by "$KVFS" -u --discard mnt
daemon_ends 0
stored store b key 3

# Given up while somebody reads: the mount stays, and shows what is committed.
mount_store store
printf pending >mnt/b/key
exec 5<mnt/b/key
fails "$KVFS" -u --discard mnt
holds mnt/b/key 3
exec 5<&-
unmount
stored store b key 3

# What is no mount of ours.
mkdir plain
for what in plain missing /proc store; do
    "$KVFS" -u $what >out 2>err && fail "kvfs -u $what did something"
    [ -s err ] || fail "kvfs -u $what says nothing"
done
mountpoint -q /proc || fail "/proc is gone"
exits 2 "$KVFS" -u
finish

# S18: umount.fuse.kvfs, which umount(8) calls, commits and waits.
. "$SRC/tests/mount/mount.sh"

# kvfs is its own helper, by name.
mkdir sbin
helper=$PWD/sbin/umount.fuse.kvfs
ln -s "$KVFS" "$helper"
tool put --create store b key value

# Called as umount(8) calls it.
mount_store store
head -c 20000000 /dev/zero >mnt/b/large
done_by "$helper" "$PWD/mnt"
[ "$("$KVTOOL" get store b large | wc -c)" -eq 20000000 ] || fail "not committed when the helper returned"
daemon_ends 0
mountpoint -q mnt && fail "still mounted"

mount_store store timeout=1
printf new >mnt/b/key
other_process hold store
"$helper" "$PWD/mnt" 2>err && fail "the helper hides a failed commit"
[ -s err ] || fail "the helper says nothing"
holds mnt/b/key new
let_go
unmount
stored store b key new

finish

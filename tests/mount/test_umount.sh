# S18: the installed umount.fuse.kvfs makes plain umount(8) commit and wait.
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

# By umount(8) itself, which looks in /sbin: a view of the machine in which it is installed there.
cat >installed <<'END'
set -e
mount -t tmpfs none scratch
mkdir scratch/upper scratch/work
mount -t overlay none -o lowerdir=/usr/sbin,upperdir=scratch/upper,workdir=scratch/work /usr/sbin || exit 77
ln -s "$KVFS" /usr/sbin/umount.fuse.kvfs
mkdir -p away
"$KVFS" store away
printf 'by umount' >away/b/key
head -c 20000000 /dev/zero >away/b/larger
umount away
[ "$("$KVTOOL" get store b larger | wc -c)" -eq 20000000 ] || { echo "not committed when umount returned"; exit 1; }
! mountpoint -q away || { echo "still mounted"; exit 1; }
END
mkdir scratch
if [ "$(readlink -f /sbin)" = /usr/sbin ] && unshare -m true 2>/dev/null; then
    unshare -m bash installed >output 2>&1
    case $? in
    0) stored store b key 'by umount' ;;
    77) echo "no overlay file systems here: umount(8) itself is not tested" ;;
    *) fail "umount: $(tail -3 output)" ;;
    esac
else
    echo "no mount namespaces here: umount(8) itself is not tested"
fi
finish

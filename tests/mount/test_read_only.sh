# S35: -o ro is enforced in the store as well; a store on read-only media mounts so by itself, and says so.
. "$SRC/tests/mount/mount.sh"

tool put --create store b key value
tool put store b other value
refused_all() {
    for change in 'touch mnt/b/new' 'rm mnt/b/key' 'mv mnt/b/key mnt/b/k2' 'mkdir mnt/c' 'rmdir mnt/b' \
        'truncate -s 0 mnt/b/key' 'dd of=mnt/b/key conv=notrunc' 'chmod 600 mnt/b/key' 'touch mnt/b/key'; do
        refuses EROFS $change </dev/null
    done
    holds mnt/b/key value
    lists mnt/b key other
}
dump store >before
sum=$(sha1sum <store/data.mdb)
mount_store store ro
refused_all
done_by sync mnt
findmnt -no OPTIONS "$PWD/mnt" | grep -qE '(^|,)ro(,|$)' ||
    fail "mount does not say ro: $(findmnt -no OPTIONS "$PWD/mnt")"
# The kernel's flag is not what protects it.
mount -o remount,rw,bind mnt 2>/dev/null
if { echo x >mnt/b/key; } 2>/dev/null; then fail "written through a read-only mount"; fi
# What others commit shows.
tool put store b theirs 2
eventually 5 eval '[ "$(cat mnt/b/theirs 2>/dev/null)" = 2 ]' || fail "their commit does not show"
tool del store b theirs
unmount
dump store | same "the store" before -

mkdir media
mount --bind store media && mount -o remount,bind,ro media || fail "no read-only bind mount"
mount_store media
refused_all
findmnt -no OPTIONS "$PWD/mnt" | grep -qE '(^|,)ro(,|$)' || fail "read-only media do not mount read-only"
unmount
umount media

# A missing store is not made by ro.
fails "$KVFS" -o ro,create missing mnt
[ ! -e missing ] || fail "ro made a store"
finish

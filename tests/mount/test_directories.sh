# S4 S6 S8: what a directory can be: a bucket, and not the control directory, nor a tree within a bucket.
. "$SRC/tests/mount/mount.sh"

tool put --create store b key value
mount_store store

# An empty directory is an empty plain bucket once it is committed.
done_by mkdir mnt/new
done_by sync mnt
"$KVTOOL" buckets store | grep -qx 'new	plain	0' ||
    fail "an empty directory is no empty bucket: $("$KVTOOL" buckets store)"
done_by rmdir mnt/new
done_by sync mnt
"$KVTOOL" buckets store | grep -q '^new' && fail "a removed directory is a bucket yet"

# A directory in a plain bucket is refused, and so is a tree of them.
refuses EINVAL mkdir mnt/b/directory
logged EINVAL
mkdir -p tree/sub && echo x >tree/file && echo y >tree/sub/file
refuses EINVAL cp -r tree mnt/
lists mnt/tree file

# The control directory is never listed, and no key can take its name.
lists mnt b tree
names mnt | grep -qxF .kvfs && fail ".kvfs is listed"
if mkdir mnt/.kvfs 2>/dev/null; then fail "mkdir .kvfs"; fi
if { echo x >mnt/.kvfs; } 2>/dev/null; then fail "a file .kvfs"; fi
if mv mnt/b/key mnt/.kvfs 2>/dev/null; then fail "a file was renamed to .kvfs"; fi
printf hidden >mnt/%2Ekvfs
printf ordinary >mnt/b/.kvfs
done_by sync mnt
stored store '' %2Ekvfs hidden
stored store b .kvfs ordinary
[ "$("$KVTOOL" scan --keys --format hex store)" = 2e6b766673 ] || fail "%2Ekvfs is not the key .kvfs"
lists mnt %2Ekvfs b tree
# rm -rf * does not see it.
(cd mnt && rm -rf -- *) || fail "rm -rf *"
lists mnt
unmount
finish

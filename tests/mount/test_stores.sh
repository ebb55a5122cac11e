# S34: a directory, a single file, memory; several mounts at once.
. "$SRC/tests/mount/mount.sh"
. "$SRC/tests/foreign/make_mdb_load.sh"

make_file single
mount_store single
holds mnt/key000003 'value of 3'
printf new >mnt/key000003
done_by mkdir mnt/bucket
printf in >mnt/bucket/side
unmount
[ -f single ] || fail "the file is no file any more"
mdb_dump -n -p single | grep -A1 '^ key000003$' | grep -qx ' new' || fail "not in the file"
mdb_dump -n -p -s bucket single | grep -qx ' in' || fail "no bucket in the file"

# In memory: a scratch store that ends with its mount.
mount_store mem:
done_by mkdir mnt/b
printf x >mnt/b/k
done_by sync mnt
holds mnt/b/k x
remount mem:
lists mnt
unmount

# Two mounts of two stores, and two of one.
tool put --create one b key 1
tool put --create two b key 2
mount_store one '' first
mount_store two '' second
mount_store one '' third
holds first/b/key 1
holds second/b/key 2
printf changed >first/b/key
printf other >third/b/more
holds third/b/key 1
done_by sync first
eventually 5 eval '[ "$(cat third/b/key)" = changed ]' || fail "a commit of one mount does not show in the other"
done_by sync third
eventually 5 eval '[ "$(cat first/b/more)" = other ]' 2>/dev/null || fail "the other way round"
unmount second
unmount third
stored one b more other
holds first/b/key changed
unmount first
finish

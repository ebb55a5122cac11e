# S9: a file whose name is no key, and begins with a dot, lives in the mount only until it gets a fitting name.
. "$SRC/tests/mount/mount.sh"

tool put --create store b key value
mount_store store
draft=mnt/b/.%25b
printf drafted >$draft || fail "a draft is refused"
holds $draft drafted
lists mnt/b .%25b key
printf ' more' >>$draft
holds $draft 'drafted more'
done_by chmod "$(stat -c %a $draft)" $draft
# Its fsync is refused; everybody else's is not, and does not publish it.
refuses EINVAL sync $draft
printf x >mnt/b/other
done_by sync mnt
stored store b other x
[ "$("$KVTOOL" scan --keys store b | paste -sd' ')" = 'key other' ] || fail "a draft was published"
holds $draft 'drafted more'

# With a fitting name it is the pair, and without it again a draft.
done_by mv $draft mnt/b/good
holds mnt/b/good 'drafted more'
done_by sync mnt/b/good
stored store b good 'drafted more'
done_by mv mnt/b/good mnt/b/.%25zz
done_by sync mnt
absent store b good
holds mnt/b/.%25zz 'drafted more'
done_by mv mnt/b/.%25zz mnt/b/key
holds mnt/b/key 'drafted more'
done_by sync mnt
stored store b key 'drafted more'

# A draft renamed while it is open for writing goes on being written.
exec 5>mnt/b/.%25open
printf first >&5
done_by mv mnt/b/.%25open mnt/b/opened
printf ' second' >&5
exec 5>&-
done_by sync mnt
stored store b opened 'first second'

# A key too long for the store: a draft when its name begins with a dot.
dots=$(printf '.%.0s' $(seq 1 511))
printf 'VERSION=3\nformat=print\ntype=btree\nHEADER=END\n %s\n x\nDATA=END\n' "$dots" | tool load --create spelled
name=$(tool scan --keys spelled)
mkdir -p "mnt/b/$(dirname "$name")" || fail "directories"
printf long >"mnt/b/${name}x" || fail "a draft of a long name is refused"
holds "mnt/b/${name}x" long
done_by sync mnt
[ "$("$KVTOOL" scan --keys store b | paste -sd' ')" = 'key opened other' ] || fail "a draft was published"
done_by rm -r "mnt/b/${name%%/*}"

# Removed, or left at the end, it is gone.
printf y >mnt/b/.%25left
printf y >mnt/b/.%25removed
done_by rm mnt/b/.%25removed
refuses ENOENT cat mnt/b/.%25removed
unmount
mount_store store
lists mnt/b key opened other
unmount
finish

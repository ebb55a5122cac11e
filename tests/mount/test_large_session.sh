# S20: a session may be larger than memory: what is written goes to the spool, and it is committed when asked.
. "$SRC/tests/mount/mount.sh"

mkdir spool
mount_store store create,session_memory=4M,spool=spool
done_by mkdir mnt/b
before=$(memory_of mnt)
head -c 8000000 /dev/urandom >piece
cat piece piece piece piece piece piece piece piece piece piece piece piece >large # 96 MB

bounded() {
    local grown=$(($(memory_of mnt) - before))
    [ -n "${KV_SANITIZE-}" ] || [ $grown -lt 32768 ] || fail "$1: the daemon's memory grew by $grown kB"
}
exec 5>mnt/b/open
cat large >&5
bounded "96 MB in an open file"
same "an open file in the spool" large mnt/b/open
exec 5>&-
bounded "96 MB in a closed file"
for n in 1 2 3 4 5 6; do done_by cp piece "mnt/b/piece$n"; done
bounded "144 MB pending"
[ -z "$(ls -A spool)" ] || fail "the spool's files have names: $(ls -A spool)"
absent store b piece1
same "a pending file" piece mnt/b/piece6
# Changed in the middle, while it is in the spool.
printf changed | dd of=mnt/b/open bs=1 seek=50000000 conv=notrunc 2>/dev/null
printf changed | dd of=large bs=1 seek=50000000 conv=notrunc 2>/dev/null
done_by truncate -s 90000000 mnt/b/open
truncate -s 90000000 large
same "a change in the spool" large mnt/b/open
done_by sync mnt
bounded "committed"
"$KVTOOL" get store b open | same "the committed value" large -
"$KVTOOL" get store b piece6 | same "the committed piece" piece -
same "the committed value through the mount" large mnt/b/open
# Reading it costs no memory either.
bounded "read"

# Files that lost their names cost nothing once they are closed.
descriptors=$(ls "/proc/${daemons[mnt]}/fd" | wc -l)
for n in $(seq 1 60); do
    exec 5>mnt/b/temporary
    done_by rm mnt/b/temporary
    head -c 1000000 piece >&5
    exec 5>&-
done
done_by sync mnt
bounded "60 unlinked files were written"
few() { [ "$(ls "/proc/${daemons[mnt]}/fd" | wc -l)" -le $((descriptors + 3)) ]; }
eventually 10 few || fail "the daemon had $descriptors descriptors, and has $(ls "/proc/${daemons[mnt]}/fd" | wc -l)"

# No room in the spool: the write is refused, and the session goes on.
unmount
mkdir small
mount -t tmpfs -o size=3m none small || fail "no tmpfs"
mount_store store session_memory=1M,spool=small
printf fits >mnt/b/small
refuses ENOSPC dd if=piece of=mnt/b/big bs=1M
logged ENOSPC
rm -f mnt/b/big
printf 'fits too' >mnt/b/second
done_by sync mnt
stored store b small fits
stored store b second 'fits too'
unmount

# At the end nobody can be told: what fits is committed or rescued, whatever else does not.
mkdir rescue
mount_store store session_memory=1M,spool=small,rescue=rescue
printf kept >mnt/b/kept
dd if=piece of=mnt/b/big bs=1M 2>/dev/null
kill -TERM "${daemons[mnt]}"
timeout 60 tail --pid="${daemons[mnt]}" -s 0.02 -f /dev/null || fail "does not end"
wait "${daemons[mnt]}"
unset 'daemons[mnt]'
for file in rescue/*; do
    [ ! -e "$file" ] || done_by "$KVTOOL" load --file "$file" store
done
stored store b kept kept
umount small
finish

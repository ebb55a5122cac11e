# S14 S18: a signal that ends the daemon commits; what cannot be committed is rescued.
. "$SRC/tests/mount/mount.sh"

tool put --create store b key value
for signal in TERM INT HUP; do
    mount_store store
    printf "by $signal" >mnt/b/key
    kill -$signal "${daemons[mnt]}"
    daemon_ends 0
    mountpoint -q mnt && fail "mounted after $signal"
    stored store b key "by $signal"
done

# Nobody can be told: the session goes to the rescue directory, in the form that kvtool load reads, and the log says so.
mkdir rescue
mount_store store timeout=1,rescue=rescue
printf rescued >mnt/b/key
printf 'new and rescued' >mnt/b/%00odd
done_by mkdir mnt/fresh
printf deep >mnt/fresh/one
other_process hold store
kill -TERM "${daemons[mnt]}"
timeout 60 tail --pid="${daemons[mnt]}" -s 0.02 -f /dev/null || fail "does not end"
wait "${daemons[mnt]}" && fail "the daemon ended with 0 although it could not commit"
unset 'daemons[mnt]'
let_go
mountpoint -q mnt && fail "mounted after TERM"
logged ETIMEDOUT
stored store b key 'by HUP'
files=(rescue/*)
[ -s "${files[0]}" ] || fail "nothing was rescued"
[ ${#files[@]} -eq 1 ] || fail "more than one file: ${files[*]}"
logged "$(basename "${files[0]}")"
done_by "$KVTOOL" load --file "${files[0]}" store
stored store b key rescued
stored store b %00odd 'new and rescued'
stored store fresh one deep

# Taken away lazily, the mount commits as well.
mount_store store
printf lazily >mnt/b/key
done_by umount -l mnt
daemon_ends 0
stored store b key lazily
mount_store store
printf 'by fusermount3' >mnt/b/key
done_by fusermount3 -u mnt
daemon_ends 0
stored store b key 'by fusermount3'
finish

# S16 S38: a commit that fails returns its error, leaves the store as it was and the session as it is.
. "$SRC/tests/mount/mount.sh"

tool put --create store b small value
dump store >before
mount_store store map_size=1M
head -c 3000000 /dev/urandom >large
done_by cp large mnt/b/large
printf changed >mnt/b/small
refuses ENOSPC sync mnt
refuses ENOSPC sync mnt/b/small
logged ENOSPC
dump store | same "the store after a failed commit" before -
same "the session after a failed commit" large mnt/b/large
holds mnt/b/small changed
# Unmounting tells too, and does not.
fails "$KVFS" -u mnt
mountpoint -q mnt || fail "the mount is gone, and with it the session"
holds mnt/b/small changed
done_by rm mnt/b/large
done_by sync mnt
stored store b small changed
absent store b large

# Another program holds the write lock for longer than -o timeout.
unmount
mount_store store timeout=1
other_process hold store
printf waiting >mnt/b/small
refuses ETIMEDOUT sync mnt
logged ETIMEDOUT
holds mnt/b/small waiting
stored store b small changed
let_go
done_by sync mnt
stored store b small waiting

# While a commit waits, everything else goes on.
remount store timeout=60
other_process hold store
printf pending >mnt/b/small
# (Of a directory the kernel itself would keep everybody else out while it is synced.)
sync mnt/b/small &
committer=$!
waits() { grep -qE 'fuse|request' "/proc/$committer/wchan" || grep -q fuse "/proc/$committer/stack"; }
eventually 10 waits 2>/dev/null || fail "sync does not wait: $(cat /proc/$committer/wchan)"
timeout 10 ls -l mnt mnt/b >/dev/null || fail "a listing waits for the commit"
[ "$(timeout 10 cat mnt/b/small)" = pending ] || fail "a reader waits for the commit"
timeout 10 bash -c 'printf later >mnt/b/later; mkdir mnt/c; rm mnt/b/later; printf 2 >mnt/b/second' ||
    fail "a writer waits for the commit"
[ -d /proc/$committer ] || fail "the commit did not wait"
let_go
wait $committer || fail "the commit failed"
stored store b small pending
absent store b later
done_by sync mnt
stored store b second 2

# However many wait, somebody is left to serve the others.
other_process hold store
committers=()
for n in $(seq 1 40); do
    printf "$n" >mnt/b/many$n
    sync mnt/b/many$n &
    committers+=($!)
done
committer=${committers[39]}
eventually 10 waits 2>/dev/null || fail "the last sync does not wait"
[ "$(timeout 10 cat mnt/b/second)" = 2 ] || fail "40 commits that wait keep a reader out"
timeout 10 ls -l mnt/b >output || fail "40 commits that wait keep a listing out"
timeout 10 bash -c 'printf x >mnt/b/meanwhile' || fail "40 commits that wait keep a writer out"
let_go
wait "${committers[@]}" || fail "a commit failed"
stored store b many40 40
unmount
finish

# S17: after kill -9 the store holds what was committed, nothing else, and the mount point works again at once.
. "$SRC/tests/mount/mount.sh"

tool put --create store b key original
mount_store store
printf first >mnt/b/key
for n in $(seq 1 50); do printf "first $n" >"mnt/b/n$n"; done
done_by mkdir mnt/first
done_by sync mnt
dump store >committed
printf second >mnt/b/key
for n in $(seq 1 50); do printf "second $n" >"mnt/b/n$n"; done
done_by mkdir mnt/second
done_by rm mnt/b/n7
exec 5>mnt/b/half
printf half >&5
crash
exec 5>&-
dump store | same "the store after kill -9" committed -
stat mnt >/dev/null 2>&1 && fail "the mount is not dead: this test tests nothing"

mount_store store
holds mnt/b/key first
holds mnt/b/n7 'first 7'
lists mnt b first
printf third >mnt/b/key
done_by sync mnt
stored store b key third

# Again, with somebody inside the dead mount, and through the mount point's other names.
(cd mnt/b && exec timeout 30 tail -s 0.05 --pid=$$ -f /dev/null) &
inside=$!
eventually 10 eval '[ "$(readlink /proc/$inside/cwd)" = "$PWD/mnt/b" ]' || fail "nobody is inside"
crash
mount_store store
holds mnt/b/key third
kill $inside
wait $inside 2>/dev/null
crash
ln -s mnt link
"$KVFS" store link >output 2>&1 || fail "no mount through a link on a dead mount: $(cat output)"
holds mnt/b/key third
exits 0 "$KVFS" -u mnt

# Two dead mounts, one over the other.
mount_store store
tool put --create two b key 2
"$KVFS" -f two mnt 2>second.log &
second=$!
eventually 10 eval '[ "$(findmnt -no TARGET "$PWD/mnt" | wc -l)" -eq 2 ]' || fail "no second mount"
holds mnt/b/key 2
kill -9 $second
wait $second 2>/dev/null
crash
mount_store store
holds mnt/b/key third
unmount

# Killed in the middle of commits: each is whole or not there.
mkdir killed
for turn in 1 2 3 4 5 6; do
    mount_store killed create
    done_by mkdir -p mnt/pairs
    writer() {
        local n
        for n in $(seq 1 400); do
            printf '%s' $n >mnt/pairs/a
            printf '%s' $n >mnt/pairs/b
            sync mnt || return
            echo $n >synced
        done
    }
    rm -f synced
    writer 2>/dev/null &
    writing=$!
    reached() { [ "$(cat synced)" -ge $((turn * 9)) ]; }
    eventually 30 reached 2>/dev/null || fail "there were no commits"
    crash
    wait $writing
    a=$("$KVTOOL" get killed pairs a) b=$("$KVTOOL" get killed pairs b)
    [ "$a" = "$b" ] || fail "half a commit: a is $a, b is $b"
    [ "$a" -ge "$(cat synced)" ] || fail "synced $(cat synced), but the store holds $a"
done
mount_store killed
unmount
finish

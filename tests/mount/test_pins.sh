# S31: a reader stays on its state for at most -o pin, and nothing that only an open file holds is lost by that.
. "$SRC/tests/mount/mount.sh"

shows() { [ "$(cat "$1" 2>/dev/null)" = "$2" ]; }
head -c 300000 /dev/urandom >value
tool put --create --file value store b big
tool put --file value store b removed
tool put --file value store b replaced
mount_store store pin=1

# Files that lost their pair while they were being read are theirs alone: they stay whole, for as long as they are open.
exec 5<mnt/b/removed 6<mnt/b/replaced 7<mnt/b/big
for fd in 5 6 7; do head -c 1 <&$fd >/dev/null; done
done_by rm mnt/b/removed
printf new >mnt/b/.next && done_by mv mnt/b/.next mnt/b/replaced
done_by mv mnt/b/big mnt/b/.%25draft
exec 8<mnt/b/.%25draft

# Those of which others changed the pair are told that their state is gone; waiting for that, the others had their time.
head -c 30000000 /dev/zero >large && tool put --file large store b large
eventually 5 eval '[ "$(stat -c %s mnt/b/large)" -eq 30000000 ]' || fail "the large value does not show"
exec 9<mnt/b/large
dd bs=64K count=1 <&9 of=read status=none
tool put store b large small
told() { ! dd bs=256K count=1 of=read status=none <&9 2>err || ! [ -s read ]; }
eventually 20 told
grep -q 'Stale file handle' err ||
    fail "a reader of an old state is told: $(cat err), with $(stat -c %s read) bytes read"
exec 9<&-
eventually 5 shows mnt/b/large small || fail "the new value does not show"

for fd in 5 6 7; do
    { head -c 1 value && cat <&$fd; } >read || fail "descriptor $fd is not readable any more"
    cmp -s read <(head -c 1 value; tail -c +2 value) ||
        fail "descriptor $fd reads something else: $(stat -c %s read) bytes"
done
same "a draft that was a pair" value mnt/b/.%25draft
done_by mv mnt/b/.%25draft mnt/b/again
exec 5<&- 6<&- 7<&- 8<&-
done_by sync mnt
"$KVTOOL" get store b again | same "the draft as a pair again" value -
stored store b replaced new
absent store b removed
absent store b big
unmount
finish

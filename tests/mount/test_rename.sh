# S22: rename within and across buckets, atomically, with flags, of open files; full directories are copied by mv.
. "$SRC/tests/mount/mount.sh"

for pair in a:1 b:2 c:3 d:4; do tool put --create store x ${pair%:*} ${pair#*:}; done
tool put store y key other
tool put store '' root top
mount_store store
by="$clients/rename_by"

done_by mv mnt/x/a mnt/x/new
lists mnt/x b c d new
holds mnt/x/new 1
done_by mv mnt/x/new mnt/y/moved
lists mnt/x b c d
lists mnt/y key moved
holds mnt/y/moved 1
done_by mv mnt/root mnt/y/
done_by mv mnt/x/d mnt/top
holds mnt/y/root top
holds mnt/top 4
lists mnt top x y

# It replaces, and no one finds nothing meanwhile.
watch() { until [ -e stop ]; do cat mnt/x/b >/dev/null || echo missing; done; }
watch >missed 2>&1 &
watcher=$!
for n in $(seq 1 200); do
    printf '%s' "$n" >mnt/y/next
    "$by" replace mnt/y/next mnt/x/b || fail "rename $n"
done
touch stop
wait $watcher
[ ! -s missed ] || fail "while it was replaced: $(head -1 missed)"
holds mnt/x/b 200

# Flags.
refuses EEXIST "$by" noreplace mnt/x/b mnt/x/c
holds mnt/x/c 3
done_by "$by" noreplace mnt/x/b mnt/x/free
refuses ENOENT "$by" exchange mnt/x/free mnt/x/nothing
done_by "$by" exchange mnt/x/free mnt/y/key
holds mnt/x/free other
holds mnt/y/key 200
done_by "$by" replace mnt/x/c mnt/x/c
holds mnt/x/c 3
done_by mv -n mnt/x/c mnt/x/free
holds mnt/x/free other
refuses ENOENT "$by" replace mnt/x/nothing mnt/x/c
refuses ENOENT "$by" replace mnt/x/c mnt/nowhere/c
refuses EISDIR "$by" replace mnt/x/c mnt/y
refuses ENOTDIR "$by" replace mnt/y mnt/x/c
refuses EINVAL "$by" replace mnt/y mnt/y/inside

# A file that is open for writing goes on under its new name; one that is replaced stays with who has it.
exec 5>mnt/x/growing
printf begun >&5
done_by mv mnt/x/growing mnt/y/grown
printf ' and ended' >&5
exec 5>&-
holds mnt/y/grown 'begun and ended'
exec 5<mnt/y/grown
done_by mv mnt/x/c mnt/y/grown
[ "$(cat <&5)" = 'begun and ended' ] || fail "an open file that was replaced is not readable"
exec 5<&-
holds mnt/y/grown 3

# One that is being written takes the place of a pair, and goes on: neither value is published under the other's name.
printf old >mnt/x/old
done_by sync mnt
exec 5>mnt/x/fresh
printf fresh >&5
done_by mv mnt/x/fresh mnt/x/old
done_by mv mnt/x/old mnt/x/third
done_by sync mnt
absent store x third
holds mnt/x/third fresh
refuses ENOENT cat mnt/x/old
exec 5>&-
done_by sync mnt
stored store x third fresh
absent store x old
done_by rm mnt/x/third

# Empty directories are renamed, full ones copied and removed, all in the one session.
done_by mkdir mnt/empty
done_by mv mnt/empty mnt/void
done_by mkdir mnt/target
done_by mv -T mnt/void mnt/target
refuses ENOTEMPTY mv -T mnt/target mnt/y
refuses EXDEV "$by" replace mnt/y mnt/z
done_by mv mnt/y mnt/z
lists mnt target top x z
lists mnt/z grown key moved root
stored store y moved 1
absent store z moved
done_by sync mnt
"$KVTOOL" buckets store | cut -f1,3 >got
printf '\t1\ntarget\t0\nx\t1\nz\t4\n' | same "the buckets" <(sort got) -
stored store z key 200
stored store z grown 3
stored store x free other
stored store '' top 4
absent store x a
# A committed directory that is empty is renamed as well, and a bucket that others filled is not.
done_by mv mnt/target mnt/again
tool put store again theirs x
tool mkbucket store full
tool put store full k v
refuses EXDEV "$by" replace mnt/full mnt/other
unmount
stored store again theirs x
finish

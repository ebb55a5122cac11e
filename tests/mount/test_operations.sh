# S21: files behave as on any local file system.
. "$SRC/tests/mount/mount.sh"

tool put --create store b key value
mount_store store
mkdir here
for program in write_operations handle_operations; do
    "$clients/$program" here >output || fail "$program is wrong about a local file system: $(cat output)"
    "$clients/$program" mnt/b >output || fail "$program: $(cat output)"
done
done_by diff -r here mnt/b -x key
# Again over what is there, committed.
done_by sync mnt
for program in write_operations handle_operations; do
    "$clients/$program" mnt/b >output || fail "$program over committed pairs: $(cat output)"
done
done_by diff -r here mnt/b -x key
# In the root as well.
for program in write_operations handle_operations; do
    "$clients/$program" mnt >output || fail "$program in the root: $(cat output)"
done
remount store
done_by diff -r here mnt/b -x key
done_by diff -r here mnt -x b
for file in here/*; do
    "$KVTOOL" get store b "$(basename "$file")" | same "$file in the store" "$file" -
done

# O_SYNC and O_DSYNC commit at each write.
for flag in sync dsync; do
    printf $flag | dd of=mnt/b/$flag oflag=$flag 2>/dev/null || fail "oflag=$flag"
    stored store b $flag $flag
done
exec {going}> >(dd of=mnt/b/each oflag=sync bs=10 status=none)
writer=$!
for text in 'first....' 'second...'; do
    echo "$text" >&$going
    has() { [ "$("$KVTOOL" get store b each | tail -1)" = "$text" ]; }
    eventually 10 has 2>/dev/null || fail "'$text' was not committed by its write"
done
exec {going}>&-
wait $writer

# Shell habits.
printf 'one\n' >mnt/b/log
printf 'two\n' >>mnt/b/log
[ "$(wc -l <mnt/b/log)" -eq 2 ] || fail "appending: $(cat mnt/b/log)"
done_by truncate -s 100 mnt/b/log
done_by truncate -s 4 mnt/b/log
holds mnt/b/log 'one
'
printf x | dd of=mnt/b/log bs=1 seek=10 conv=notrunc 2>/dev/null
[ "$(stat -c %s mnt/b/log)" -eq 11 ] || fail "dd: $(stat -c %s mnt/b/log)"
done_by cp --sparse=always mnt/b/sparse copy
same "a sparse copy" here/sparse copy
done_by cp --reflink=auto mnt/b/sparse mnt/b/sparse2
same "a copy within the mount" here/sparse mnt/b/sparse2
(set -C && ! { echo x >mnt/b/log; }) 2>/dev/null || fail "noclobber overwrites"
exec 5<>mnt/b/lock
flock -n 5 || fail "flock"
flock -n mnt/b/lock true && fail "a second lock was given"
exec 5>&-
unmount
finish

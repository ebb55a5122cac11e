# S15: no commit takes a half-written value, and every commit takes all that was closed before.
. "$SRC/tests/mount/mount.sh"

tool put --create store b value whole
mount_store store

# Somebody writes while another one commits.
exec 5>mnt/b/value 6>mnt/b/new
printf half >&5
printf half >&6
printf x >mnt/b/other
done_by sync mnt
stored store b other x
stored store b value whole
absent store b new
holds mnt/b/value half
holds mnt/b/new half
printf ' and half' >&5
done_by sync mnt/b
stored store b value whole
# A flush is no release: this shell has the descriptor still, its child has closed it.
(exec 5>&- 6>&-)
/bin/true
done_by sync mnt
stored store b value whole
exec 5>&-
done_by sync mnt
stored store b value 'half and half'
absent store b new
# It is released when the last of two descriptors is.
exec 7>>mnt/b/new
exec 6>&-
done_by sync mnt
absent store b new
exec 7>&-
done_by sync mnt
stored store b new half

# A shell's redirection flushes before and between its writes.
(
    printf one
    sync mnt/b/other
    printf two
) >mnt/b/shell
sync mnt
stored store b shell onetwo
(
    printf one
    /bin/true
    sync mnt
    "$KVTOOL" get store b between >between 2>/dev/null
    printf two
) >mnt/b/between
[ ! -s between ] || fail "published between two writes: $(cat between)"
sync mnt
stored store b between onetwo

# Fsynced while it is open for writing: that file is in, as it is.
exec 5>mnt/b/log
printf 'line 1' >&5
done_by sync mnt/b/log
stored store b log 'line 1'
printf ' line 2' >&5
done_by sync mnt
stored store b log 'line 1'
exec 5>&-
done_by sync mnt
stored store b log 'line 1 line 2'

# A truncate without a descriptor is in at once.
done_by "$clients/truncate_path" mnt/b/log 4
done_by sync mnt
stored store b log line
done_by "$clients/truncate_path" mnt/b/log 0
done_by sync mnt
stored store b log ''

# A reader is no writer.
exec 5<mnt/b/shell
printf changed >mnt/b/shell
done_by sync mnt
stored store b shell changed
exec 5<&-

# What a killed program had open is released: close, exit and kill are one.
exec {go}<> <(:)
bash -c 'exec 5>mnt/b/killed; printf "by the kernel" >&5; echo ready; read -r _ <&'"$go" >ready &
victim=$!
eventually 10 grep -q ready ready || fail "the victim does not run"
kill -9 $victim
wait $victim 2>/dev/null
done_by sync mnt
stored store b killed 'by the kernel'

# A process closes many files by its exit; the fsync that comes next finds them all. What was lost would be the last one
# or two, once in many times.
closed_are_in() {
    done_by mkdir "mnt/$1"
    done_by "$clients/leave_open" "mnt/$1" "$2"
    done_by sync "mnt/$1"
    local count
    count=$("$KVTOOL" scan --keys store "$1" | wc -l)
    [ "$count" -eq "$2" ] || fail "$1: $count of $2 files closed before the commit are in it"
}
closed_are_in many 2000
for turn in $(seq 1 100); do
    closed_are_in "few$turn" 60
done
stored store many left1999 'value of 1999'
unmount
finish

# S13 S14 S19: everybody sees a change through the mount at once, and nobody in the store before the commit.
. "$SRC/tests/mount/mount.sh"

tool put --create store b old value
tool put store b gone value
tool put store b kept value
mount_store store
txid() { tool stat --json store | jq .txid; }
before=$(txid)

printf new >mnt/b/old
printf 1 >mnt/b/made
done_by rm mnt/b/gone
done_by mv mnt/b/kept mnt/b/renamed
done_by mkdir mnt/c
printf 2 >mnt/c/deep
printf 3 >mnt/root
[ "$(bash -c 'cat mnt/b/old mnt/b/made mnt/c/deep mnt/root')" = new123 ] ||
    fail "another process does not see the changes"
lists mnt/b made old renamed
stored store b old value
stored store b gone value
stored store b kept value
absent store b made
absent store b renamed
absent store '' root
"$KVTOOL" buckets store | grep -q '^c' && fail "a bucket is in the store before the commit"
[ "$(txid)" = "$before" ] || fail "there was a commit that nobody asked for"

done_by sync mnt/b/made
stored store b old new
stored store b made 1
stored store b renamed value
stored store c deep 2
stored store '' root 3
absent store b gone
absent store b kept
[ "$(txid)" = $((before + 1)) ] || fail "the session was not one transaction: $(txid), before $before"
# With nothing pending there is nothing to commit.
done_by sync mnt mnt/b mnt/b/old
[ "$(txid)" = $((before + 1)) ] || fail "an empty commit is a transaction"

# Any file or directory will do, fdatasync too.
n=1
for way in 'sync mnt' 'sync mnt/b' 'sync mnt/c' 'sync mnt/b/old' 'sync -d mnt/c/deep' 'sync -d mnt'; do
    n=$((n + 1))
    printf '%s' "$way" >mnt/b/made
    absent store b "never$n"
    [ "$("$KVTOOL" get store b made)" != "$way" ] || fail "in the store before '$way'"
    done_by $way
    stored store b made "$way"
done

# A pair that is made and removed in one session, and one that is removed and made again.
printf x >mnt/b/short
done_by rm mnt/b/short mnt/b/old
printf again >mnt/b/old
done_by sync mnt
absent store b short
stored store b old again

# Unmounting commits.
printf last >mnt/b/last
unmount
stored store b last last
finish

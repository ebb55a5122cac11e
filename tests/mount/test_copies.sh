# S2 S9 S11 S29: cp, tar and rsync bring everything to another file system and back into an empty store.
# test timeout: 600
. "$SRC/tests/mount/mount.sh"
. "$SRC/tests/mount/make_keys.sh"

load_keys store 29 || fail "kvtool load"
tool mkbucket store empty
tool put store '' 'in the root' value
mount_store store

done_by cp -r mnt out.cp
mkdir out.tar
tar -C mnt -cf - . | tar -C out.tar -xf - || fail "tar"
done_by rsync -a mnt/ out.rsync
done_by diff -r mnt out.cp
for way in tar rsync; do
    done_by diff -r out.cp out.$way
done
[ "$(find out.cp -type f | wc -l)" -gt 2800 ] || fail "only $(find out.cp -type f | wc -l) files"

# rsync sees that there is nothing to do, sizes and times being equal.
rsync -ai mnt/ out.rsync >changes
[ ! -s changes ] || fail "rsync copies again: $(head -3 changes)"

in_by_cp() { cp -r out.cp/. "$1"; }
in_by_tar() { tar -C out.tar -cf - . | tar -C "$1" -xf -; }
in_by_rsync() { rsync -a out.rsync/ "$1"; }
for way in cp tar rsync; do
    mount_store store.$way create mnt.$way
    in_by_$way mnt.$way >output 2>&1 || fail "$way into an empty store: $(head -3 output)"
    done_by sync mnt.$way
    done_by diff -r out.cp mnt.$way
    unmount mnt.$way
    same_stores store store.$way
done

# From one mount into another.
mount_store store.direct create mnt.direct
done_by cp -a mnt/. mnt.direct
done_by sync mnt.direct
same_stores store store.direct
unmount mnt.direct
unmount
finish

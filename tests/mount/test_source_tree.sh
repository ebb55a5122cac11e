# S14 S22: a real source tree goes in by cp, tar and rsync, and after a remount it is the same tree.
. "$SRC/tests/mount/mount.sh"

# Buckets are one level: each directory of the tree is one.
mkdir tree
(cd "$SRC" && find fs kvcore tests -name scratch -prune -o -type f -size -2M -print) | while read -r file; do
    bucket=tree/$(dirname "$file" | tr / .)
    mkdir -p "$bucket" && cp -p "$SRC/$file" "$bucket/"
done
cp "$SRC/CMakeLists.txt" "$SRC/LICENSE" tree/
[ "$(find tree -type f | wc -l)" -gt 150 ] || fail "the tree has only $(find tree -type f | wc -l) files"

in_by_cp() { cp -r tree/. mnt/; }
in_by_cp_a() { cp -a tree/. mnt/; }
in_by_tar() { tar -C tree -cf - . | tar -C mnt -xf -; }
in_by_rsync() { rsync -a tree/ mnt/; }
# Modes that a store does not keep are refused (S29) unless that is not to be told.
options=create,quiet
for way in cp cp_a tar rsync; do
    mount_store $way $options
    in_by_$way >output 2>&1 || fail "$way: status $?: $(head -3 output)"
    done_by sync mnt
    done_by diff -r tree mnt
    remount $way $options
    done_by diff -r tree mnt
    # Changed a little, and brought up to date.
    cp -r tree changed
    echo changed >>changed/fs/main.c
    rm changed/fs/log.c changed/LICENSE
    echo new >changed/kvcore/new.c
    mkdir changed/more && echo 1 >changed/more/one
    done_by rsync -a --delete --checksum changed/ mnt/
    done_by diff -r changed mnt
    rm -r changed
    # And everything away again.
    (cd mnt && rm -rf -- *)
    lists mnt
    unmount
    [ -z "$("$KVTOOL" buckets $way)" ] || fail "left: $("$KVTOOL" buckets $way)"
done
finish

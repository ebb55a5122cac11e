# S31: no read mixes two values, or the size of one with the content of another, while another process exchanges them.
. "$SRC/tests/mount/mount.sh"

tool put --create store b key start
mount_store store
# Short and copied; longer than a page; large enough to be lent from the store.
for sizes in '5 10' '5 100000' '100000 5000' '300000 700000'; do
    other_process alternate store b key $sizes
    readers=()
    for reader in 1 2 3; do
        "$clients/whole_values" mnt/b/key $sizes 2 >read$reader 2>&1 &
        readers+=($!)
    done
    "$clients/whole_values" mnt/b/key $sizes 2 >read4 2>&1 || fail "sizes $sizes: $(cat read4)"
    for reader in 1 2 3; do
        wait "${readers[reader - 1]}" || fail "sizes $sizes, reader $reader: $(cat read$reader)"
    done
    let_go
done

# The same for this mount's own changes, by renaming over it.
head -c 5 /dev/zero | tr '\0' a >a
head -c 100000 /dev/zero | tr '\0' b >b
cp a mnt/b/key
replace() {
    until [ -e stop ]; do
        cp b mnt/b/.new && mv mnt/b/.new mnt/b/key
        cp a mnt/b/.new && mv mnt/b/.new mnt/b/key
    done
}
replace &
"$clients/whole_values" mnt/b/key 5 100000 2 >read4 2>&1 || fail "replaced by rename: $(cat read4)"
touch stop
wait $!
unmount
finish

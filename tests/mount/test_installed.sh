# S18 S33: mount(8), an fstab line and plain umount(8) find kvfs where it is installed.
. "$SRC/tests/mount/mount.sh"

# A view of the machine in which it is: they look in the system's places only, whatever PATH says.
unshare -m true 2>err || { echo "no mount namespaces here: $(cat err)"; exit 77; }
tool put --create store b key value
mkdir scratch mnt
echo "$PWD/store $PWD/mnt fuse.kvfs noauto,nofail,_netdev,x-test,timeout=5 0 0" >fstab
cat >installed <<'END'
. "$SRC/tests/tool/expect.sh"
sbin=$(readlink -f /sbin)
mount -t tmpfs none scratch && mkdir scratch/upper scratch/work &&
    mount -t overlay none -o "lowerdir=$sbin,upperdir=scratch/upper,workdir=scratch/work" "$sbin" || exit 77
ln -s "$KVFS" "$sbin/kvfs"
ln -s "$KVFS" "$sbin/umount.fuse.kvfs"
n=0
for way in "mount -t fuse.kvfs $PWD/store $PWD/mnt -o timeout=5,nosuid" "mount -T fstab $PWD/mnt" "kvfs store mnt" \
    "mount -t fuse.kvfs $PWD/store $PWD/mnt -o ro"; do
    n=$((n + 1))
    $way || fail "status $?: $way"
    [ "$(cat mnt/b/key)" = value ] || fail "not mounted by $way"
    case $way in
    *' ro') touch mnt/b/new 2>/dev/null && fail "-o ro is not obeyed" ;;
    *) head -c 20000000 /dev/zero >mnt/b/large$n || fail "not writable: $way" ;;
    esac
    umount mnt || fail "umount after $way"
    [ "${way##* }" = ro ] || [ "$("$KVTOOL" get store b large$n | wc -c)" -eq 20000000 ] ||
        fail "not committed when umount returned"
    mountpoint -q mnt && fail "still mounted"
done
finish
END
unshare -m bash installed >output 2>&1
case $? in
0) ;;
77)
    echo "no overlay file systems here: $(cat output)"
    exit 77
    ;;
*) fail "$(cat output)" ;;
esac
finish

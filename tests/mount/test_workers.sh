# S13 S14 S21 S22: several programs at work on one mount, while others commit, leave what they leave on a local disk.
. "$SRC/tests/mount/mount.sh"

seed=${SEED-$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')}
echo "seed $seed (SEED=$seed does the same again)"
tool put --create store theirs count 0
mount_store store session_memory=1M
mkdir disk

# What cannot be moved or copied: it is not there, or would go onto itself.
cannot_go() { [ ! -e $place/$bucket/$name ] || [ $bucket/$name = $other ]; }

# What a worker does, it does in both places; names are few, so that it meets its own files again.
work() {
    local i op bucket name other place
    RANDOM=$1
    for ((i = 0; i < 500; i++)); do
        op=$((RANDOM % 12))
        bucket=$1-$((RANDOM % 2)) other=$1-$((RANDOM % 2))/n$((RANDOM % 12)) name=n$((RANDOM % 12))
        for place in mnt disk; do
            case $op in
            0 | 1 | 2) printf "%0$((i * 37 % 5000))d" $i >$place/$bucket/$name ;;
            3 | 4) printf " and $i" >>$place/$bucket/$name ;;
            5 | 6) rm -f $place/$bucket/$name ;;
            7 | 8) cannot_go || mv $place/$bucket/$name $place/$other ;;
            9) truncate -s $((i * 11)) $place/$bucket/$name ;;
            10) cannot_go || cp $place/$bucket/$name $place/$other ;;
            11) [ ! -e $place/$bucket/$name ] || sed -i "1s/0/$i/" $place/$bucket/$name ;;
            esac || echo "$1: operation $op on $place/$bucket/$name failed"
        done
    done
}

commit_often() {
    local n=0
    until [ -e stop ]; do
        sync mnt || echo "sync failed"
        n=$((n + 1))
        "$KVTOOL" put store theirs count $n || echo "put failed"
        ls -l mnt/* >/dev/null 2>&1 # files come and go while it looks
    done
}

workers=()
for worker in 1 2 3 4; do
    mkdir {mnt,disk}/$((seed + worker))-{0,1}
    work $((seed + worker)) >worker$worker 2>&1 &
    workers+=($!)
done
commit_often >committer 2>&1 &
committer=$!
wait "${workers[@]}"
touch stop
wait $committer
for file in worker? committer; do
    [ ! -s $file ] || fail "$file: $(head -3 $file)"
done
done_by diff -r -x theirs disk mnt
remount store
done_by diff -r -x theirs disk mnt
[ "$(find disk -type f | wc -l)" -gt 20 ] || fail "the workers left only $(find disk -type f | wc -l) files"
unmount
exits 0 "$KVTOOL" check store
finish

# backup: a snapshot that is a store again, in a file or through a pipe.
. "$SRC/tests/tool/expect.sh"
. "$SRC/tests/foreign/make_mdb_load.sh"

make_many many
make_dup_sort dups
for store in many dups; do
    for options in "" --compact; do
        rm -f copy
        exits 0 "$KVTOOL" backup $options $store copy
        same "backup $options of $store" <(mdb_dump -a $store | grep -v ^mapsize) <(mdb_dump -n -a copy | grep -v ^mapsize)
        exits 0 "$KVTOOL" check copy
        "$KVTOOL" backup $options $store - >piped || fail "backup to a pipe"
        same "backup $options of $store through a pipe" <(mdb_dump -a $store | grep -v ^mapsize) <(mdb_dump -n -a piped | grep -v ^mapsize)
        rm -f piped*
    done
done
cp copy before
exits 3 "$KVTOOL" backup many copy
same "a file that was there" copy before
exits 3 "$KVTOOL" backup many absent/copy
exits 3 "$KVTOOL" backup absent copy2
[ ! -e copy2 ] || fail "a backup of nothing"
"$KVTOOL" backup many - >/dev/full 2>err && fail "a full disk is success"
[ -s err ] || fail "a full disk is not told"
# A backup that is killed is no file, whenever that is: what has the name is whole.
head -c 50000000 /dev/zero | "$KVTOOL" put --create large b k || fail "put of a large value"
for wait in 0.001 0.005 0.02 0.05; do
    rm -f killed
    timeout -s KILL $wait "$KVTOOL" backup large killed 2>err
    [ ! -e killed ] || exits 0 "$KVTOOL" check killed
    [ -z "$(find . -maxdepth 1 -name 'killed?*' ! -name 'killed-lock')" ] || fail "a killed backup left something"
done
finish

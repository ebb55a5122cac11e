# load and other writers: none waits for input that has not begun, and a signal ends its own wait for them.
. "$SRC/tests/tool/expect.sh"

# alone COMMAND...: it must end within 20 seconds.
alone() { exits 0 timeout 20 "$@"; }

# No lock before the input begins, with headers and without.
tool put --create s '' key value
mkfifo pipe
for options in "" -T; do
    "$KVTOOL" load $options s waits <pipe 2>loader.err &
    loader=$!
    exec 3>pipe
    alone "$KVTOOL" put s '' key "other $options"
    if [ -n "$options" ]; then
        printf 'k\nv\n' >&3
    else
        printf 'VERSION=3\nformat=print\ntype=btree\n' >&3
        alone "$KVTOOL" put s '' key "within the header"
        printf 'HEADER=END\n k\n v\nDATA=END\n' >&3
    fi
    exec 3>&-
    wait $loader || fail "load $options: $(cat loader.err)"
    [ "$("$KVTOOL" get s waits k)" = v ] || fail "load $options did not load"
    tool drop s waits
done

# Input that is none makes no store; that there is no store is told without input.
: >empty
echo noise >noise
printf 'VERSION=3\n' >cut
for input in empty noise cut; do
    exits 3 "$KVTOOL" load --create --file $input made
    says 'line '
    [ ! -e made ] || fail "$input made a store"
done
exits 3 "$KVTOOL" load -T --create --file empty made
says 'the input is empty'
[ ! -e made ] || fail "no lines made a store"
exits 3 timeout 20 "$KVTOOL" load absent 3<>pipe <pipe
says 'there is no store'

# Between two batches: the other writer waits for the first one's commit, and then keeps the store.
endless() { seq 1 100000000 | awk '{ printf "k%d\nv\n", $1 % 1000 }'; }
endless 2>/dev/null | exec env --default-signal=INT "$KVTOOL" load -T --batch 1 s first 2>err &
first=$!
deadline=$((SECONDS + 60))
until "$KVTOOL" get s first k1 >/dev/null 2>&1 || [ $SECONDS -ge $deadline ]; do :; done
"$KVTOOL" load -T s second <pipe 2>second.err &
second=$!
exec 3>pipe
# More than a pipe holds: when all is written, the second is within its transaction.
seq 1 20000 | awk '{ printf "k%07d\nvalue\n", $1 }' >lines
timeout 60 cat lines >&3 || fail "the second writer never got its turn"
kill -INT $first
timeout 20 tail --pid=$first -s 0.05 -f /dev/null || fail "a signal does not end the wait for another writer"
exec 3>&-
wait $second || fail "the second writer: $(cat second.err)"
wait $first
status=$?
[ $status -eq 130 ] || fail "status $status after SIGINT"
exits 0 "$KVTOOL" check s
finish

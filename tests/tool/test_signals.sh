# What interrupts kvtool: a signal changes nothing, a reader that goes away ends it quietly, a full disk is told.
. "$SRC/tests/tool/expect.sh"

seq 1 20000 | awk '{ printf "k%07d\nvalue\n", $1 }' >lines
"$KVTOOL" load -T --create s b <lines || fail "load"
"$KVTOOL" dump --all s >before

# started PID: waits until the process has read its input's pipe empty, and so is in its transaction.
mkfifo pipe
for signal in INT TERM HUP KILL; do
    # setsid: a shell's background job has SIGINT ignored, and kvtool respects that.
    env --default-signal=INT "$KVTOOL" load -T s c <pipe 2>err &
    loader=$!
    exec 3>pipe
    # More than a pipe holds: when all is written, the loader is reading and within its transaction.
    cat lines >&3
    kill -$signal $loader
    wait $loader 2>/dev/null
    status=$?
    exec 3>&-
    [ $status -eq $((128 + $(kill -l $signal))) ] || fail "SIG$signal: status $status"
    [ $signal = KILL ] || says 'nothing was changed'
    "$KVTOOL" dump --all s | cmp -s - before || fail "SIG$signal changed the store"
    exits 0 "$KVTOOL" put s after key $signal
    exits 0 "$KVTOOL" drop s after
done

# A reader that goes away.
"$KVTOOL" scan s b 2>err | head -1 >/dev/null
statuses=("${PIPESTATUS[@]}")
[ "${statuses[0]}" -eq 141 ] || fail "a closed pipe: status ${statuses[0]}"
[ ! -s err ] || fail "a closed pipe is told: $(cat err)"
(trap '' PIPE; "$KVTOOL" scan s b 2>err; echo $? >status) | head -1 >/dev/null
[ "$(cat status)" -eq 3 ] || fail "a closed pipe with SIGPIPE ignored: status $(cat status)"
says 'Broken pipe'

for verb in "scan s b" "dump s b" "get s b k0000001" "buckets s" "stat s" "check s" "--help" "--version"; do
    "$KVTOOL" $verb >/dev/full 2>err
    status=$?
    [ $status -eq 3 ] || fail "$verb to a full disk: status $status"
    says 'No space left'
done
"$KVTOOL" scan s b >&- 2>err && fail "a closed standard output"
finish

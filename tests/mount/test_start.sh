# S33 S34 S37 S39: kvfs returns when the mount serves, or says what is wrong; the log holds refusals and nothing else.
. "$SRC/tests/mount/mount.sh"

tool put --create store b key value
mkdir mnt plain
echo text >file

fails "$KVFS" missing mnt
says missing
says create
fails "$KVFS" store nowhere
says nowhere
fails "$KVFS" store file
says file
fails "$KVFS" file mnt
says file
fails "$KVFS" plain mnt
says plain
fails "$KVFS" -o nonsense store mnt
says nonsense
fails "$KVFS" -o timeout=never store mnt
says timeout
fails "$KVFS" -o spool=/nonexistent store mnt
says /nonexistent
fails "$KVFS" nosuch:thing mnt
says nosuch
fails "$KVFS" store mnt extra
says extra
fails "$KVFS" --nonsense store mnt
exits 2 "$KVFS"
exits 2 "$KVFS" store
head -c 100000 /dev/urandom >garbage
fails "$KVFS" garbage mnt
says garbage
head -c 5000 store/data.mdb >cut
fails "$KVFS" cut mnt
says cut
mountpoint -q mnt && fail "something was mounted after all"
[ "$(cat file)" = text ] || fail "a file was changed"
[ -z "$(ls -A plain)" ] || fail "something was made in a directory that is no store"
exits 0 "$KVFS" --help
for option in ro create commit=SECONDS timeout=SECONDS session_memory=SIZE spool=DIR rescue=DIR allow_other uid= \
    fmask=; do
    grep -q "$option" out || fail "--help does not tell $option"
done
exits 0 "$KVFS" --version

# When it returns, the mount serves; options may stand anywhere.
by_hand() {
    exits 0 "$@"
    [ ! -s err ] || fail "said: $(cat err)"
    holds mnt/b/key value
    printf "$n" >mnt/b/n
    exits 0 "$KVFS" -u mnt
    stored store b n "$n"
    n=$((n + 1))
}
n=1
by_hand "$KVFS" store mnt
by_hand "$KVFS" store mnt -o timeout=5,umask=022
by_hand "$KVFS" -o timeout=5 store -o nosuid,nodev mnt
by_hand "$KVFS" -otimeout=5 lmdb:store mnt
by_hand "$KVFS" -o nofail,_netdev,x-systemd.automount,noauto,rw,defaults "$PWD/store" "$PWD/mnt"
by_hand "$KVFS" -o relatime,nodiratime,lazytime,strictatime,norelatime,silent,user=somebody,comment=x,nouser store mnt
by_hand "$KVFS" store/data.mdb mnt
(cd plain && exec "$KVFS" ../store ../mnt -o rescue=.) || fail "relative paths"
holds mnt/b/key value
exits 0 "$KVFS" -u mnt

"$KVFS" store mnt || fail "mount"
findmnt -no SOURCE,FSTYPE "$PWD/mnt" | grep -qE "^$PWD/store +fuse.kvfs$" ||
    fail "findmnt: $(findmnt -no SOURCE,FSTYPE mnt)"
findmnt -no OPTIONS "$PWD/mnt" | grep -q default_permissions || fail "default_permissions is not on"
exits 0 "$KVFS" -u mnt

# On a terminal it says what a mount does not promise (S39), once.
script -qec "'$KVFS' store mnt" told </dev/null >/dev/null || fail "on a terminal: $(cat told)"
[ "$(grep -c 'kill -9' told)" -eq 1 ] || fail "nothing is said about kill -9: $(cat told)"
exits 0 "$KVFS" -u mnt

# Closed standard streams: the store's own files do not take their numbers, where messages would be written.
closed() {
    local text=$1
    holds mnt/b/key value
    printf %s "$text" >mnt/b/closed
    exits 0 "$KVFS" -u mnt
    stored store b closed "$text"
}
"$KVFS" store mnt <&- >&- 2>&- || fail "with all streams closed"
closed all
"$KVFS" store mnt 2>&- || fail "with stderr closed"
closed stderr
"$KVFS" store mnt <&- >&- || fail "with stdin and stdout closed"
closed others

# -o create makes one, and a second mount does not need it.
by_create() { "$KVFS" -o create "$1" mnt && mkdir mnt/b && printf v >mnt/b/k && "$KVFS" -u mnt; }
by_create new || fail "create"
stored new b k v
"$KVFS" new mnt && holds mnt/b/k v && "$KVFS" -u mnt
fails "$KVFS" -o create missing/deeper mnt
# Names with commas, spaces and quotes.
odd="a, b\\c'd\"e"
by_create "$odd" || fail "create $odd"
stored "$odd" b k v

# The log: operation, name, errno and reason of refusals; nothing of what went well.
mount_store store
printf x >mnt/b/fine
ls -lR mnt >/dev/null
done_by sync mnt
[ ! -s mnt.log ] || fail "logged without reason: $(cat mnt.log)"
refuses EINVAL mkdir mnt/b/sub
refuses ENAMETOOLONG touch "mnt/b/$(printf 'n%.0s' $(seq 1 300))"
refuses EPERM ln -s x mnt/b/link
[ "$(uniq mnt.log | wc -l)" -eq 3 ] || fail "not one line a refusal: $(cat mnt.log)"
grep -qE 'mkdir.*b/sub.*EINVAL.*: .' mnt.log || fail "the log's line: $(head -1 mnt.log)"
grep -qE 'b/nnnn.*ENAMETOOLONG' mnt.log || fail "the log's line: $(sed -n 2p mnt.log)"
grep -qE 'symlink.*b/link.*EPERM.*: .' mnt.log || fail "the log's line: $(tail -1 mnt.log)"
# A name cannot forge a line.
refuses EINVAL mkdir $'mnt/b/x\nkvfs: forged'
grep -q '^kvfs: forged' mnt.log && fail "a name forges lines of the log"
sed -i '$d' mnt.log
# Not found is an answer, not a refusal.
cat mnt/b/missing 2>/dev/null
[ "$(uniq mnt.log | wc -l)" -eq 3 ] || fail "logged that a name is not there: $(tail -1 mnt.log)"
unmount
finish

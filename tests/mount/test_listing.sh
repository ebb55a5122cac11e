# S5 S7: listings are in key order and streamed; a bucket of 200,000 costs neither time to the first name nor memory.
. "$SRC/tests/mount/mount.sh"

{
    printf 'VERSION=3\nformat=print\ndatabase=many\ntype=btree\nmapsize=268435456\nHEADER=END\n'
    seq 1 200000 | awk '{ printf " key%06d\n value of %d\n", $1, $1 }'
    printf 'DATA=END\nVERSION=3\nformat=print\ndatabase=few\ntype=btree\nHEADER=END\n'
    seq 1 200 | awk '{ printf " key%06d\n value of %d\n", $1, $1 }'
    printf 'DATA=END\n'
} >text
mkdir store
mdb_load -f text store || fail "mdb_load"
for number in 300 2 1000000 10 1; do
    tool put store '' "p$number" x
done
mount_store store

# Unsigned bytes decide, not a locale.
for name in b B a Z é 'a b' '~' _ -; do
    printf x >"mnt/few/$name"
done
names mnt/few | grep -v ^key >listed
LC_ALL=C sort listed | same "the order of names" - listed
lists mnt few many p1 p10 p1000000 p2 p300

seq 1 200000 | awk '{ printf "key%06d\n", $1 }' >wanted
before=$(memory_of mnt)
names mnt/many >got
same "200,000 names" wanted got
[ "$(ls -fU mnt/many | head -3 | tail -1)" = key000001 ] || fail "the first name"

# Half-read, with the directory open: nothing is kept for each name.
mkfifo go said
"$clients/list_slowly" mnt/many slow 150000 <go >said &
lister=$!
exec 4>go 5<said
read -r word <&5
[ "$word" = paused ] || fail "list_slowly said '$word'"
grown=$(($(memory_of mnt) - before))
if [ -z "${KV_SANITIZE-}" ] && [ $grown -gt 8192 ]; then
    fail "150,000 names of an open listing cost $grown kB"
fi
echo >&4
read -r word <&5
wait $lister
same "a listing with a pause" wanted slow

# The time to the first name: the least of several, which other load does not move.
first() {
    for _ in 1 2 3 4 5 6 7 8 9; do
        "$clients/list_slowly" --first "$1" || fail "no first name in $1"
    done | sort -n | head -1
}
few=$(first mnt/few)
many=$(first mnt/many)
[ "$many" -lt $((4 * few + 4000)) ] || fail "the first of 200,000 names needs $many us, the first of 200 $few"

"$clients/list_slowly" --seek mnt/many >output || fail "seekdir: $(cat output)"
unmount
finish

# Environments that mdb_load wrote, read by kvtool: every kind, compared with what mdb_dump prints.
. "$SRC/tests/tool/expect.sh"
. "$SRC/tests/foreign/make_mdb_load.sh"

# pairs_of_theirs OPTIONS...: mdb_dump's pairs, key and value as hex with a tab between them.
pairs_of_theirs() {
    mdb_dump "$@" | sed '1,/HEADER=END/d; /DATA=END/d; s/^ //' | paste - -
}

make_plain plain
make_file file
make_many many
make_dup_sort dups
make_root_dups root
make_dup_fixed fixed
make_integer four 4
make_integer eight 8
make_reverse reverse

same "plain" <(pairs_of_theirs plain) <(tool scan --format hex plain)
same "a single file" <(pairs_of_theirs -n file) <(tool scan --format hex file)
for pair in many/alpha many/beta 'many/with space' dups/dups fixed/fixed four/numbers four/pairs eight/numbers \
    eight/pairs reverse/backward reverse/values; do
    store=${pair%%/*} bucket=${pair#*/}
    pairs_of_theirs -s "$bucket" "$store" >theirs
    tool scan --format hex "$store" "$bucket" >ours
    [ -s ours ] || fail "$pair is empty"
    same "$pair" ours theirs
    tool scan --reverse --format hex "$store" "$bucket" | tac >ours
    same "$pair backward" ours theirs
    exits 0 "$KVTOOL" check "$store" "$bucket"
done
same "a bucket with a slash" <(pairs_of_theirs -s a/b many) <(tool scan --format hex many a%2Fb)

# The main database may be of any kind too.
same "a dup-sort root map" <(pairs_of_theirs root) <(tool scan --format hex root)
exits 0 "$KVTOOL" scan root
prints "$(printf '%s\t%s\n' 1 a 1 b 300 a 300 b 70000 a 70000 b)"
exits 0 "$KVTOOL" get --all root 300
prints "$(printf 'a\nb')"
exits 0 "$KVTOOL" check root
grep -v ^mapsize <(mdb_dump root) >theirs
grep -v ^mapsize <(tool dump root) >ours
same "dump of a dup-sort root map" ours theirs

exits 0 "$KVTOOL" buckets many
prints "$(printf '%s\tplain\t50\n' 'a%2Fb' alpha beta 'with space')"
exits 0 "$KVTOOL" buckets plain
prints "	plain	1010"
exits 0 "$KVTOOL" buckets eight
prints "$(printf 'numbers\tinteger-key\t8\npairs\tinteger-key+integer-dup\t6')"
exits 0 "$KVTOOL" buckets fixed
prints "fixed	dup-fixed	900"
exits 0 "$KVTOOL" buckets reverse
prints "$(printf 'backward\treverse-key\t4\nvalues\treverse-dup\t3')"

# They go on working with what kvtool wrote into theirs.
exits 0 "$KVTOOL" put many alpha key000001 changed
mdb_dump -p -s alpha many | grep -A1 '^ key000001$' | grep -qx ' changed' || fail "mdb_dump does not see a put"
mdb_load -T -s alpha many <<'END'
key000002
theirs
END
exits 0 "$KVTOOL" get many alpha key000002
printf theirs | cmp -s - out || fail "a change by mdb_load is not seen"
finish

# dump and load against mdb_dump and mdb_load, both ways, for every kind.
. "$SRC/tests/tool/expect.sh"
. "$SRC/tests/foreign/make_mdb_load.sh"

make_plain plain
make_file file
make_many many
make_dup_sort dups
make_dup_fixed fixed
make_integer four 4
make_integer eight 8
make_reverse reverse

# How large a store may grow and how many may read it are its maker's and opener's affair; all the rest is the same.
without_limits() { sed -E 's,^(mapsize|maxreaders)=[0-9]+$,\1,'; }
# mdb_dump -p leaves a backslash as it is, which nothing reads back.
with_backslash() { awk '/^ / { gsub(/\\\\7f/, "\\5c\\7f"); sub(/\\$/, "\\5c") } { print }'; }

for store in plain many dups fixed four eight reverse; do
    mdb_dump -a $store 2>/dev/null | without_limits >theirs
    if [ $store = plain ]; then mdb_dump $store | without_limits >theirs; fi
    "$KVTOOL" dump --all $store >ours || fail "dump of $store"
    without_limits <ours >ours.dump
    same "dump -a of $store" ours.dump theirs
    grep -qx maxreaders=126 ours || fail "dump of $store does not tell maxreaders: $(head ours)"
    grep -qE '^mapsize=[1-9][0-9]*$' ours || fail "dump of $store does not tell mapsize: $(head ours)"

    # They read ours.
    rm -rf back && mkdir back
    mdb_load back <ours 2>err || fail "mdb_load refuses our dump of $store: $(cat err)"
    if [ $store = plain ]; then mdb_dump back; else mdb_dump -a back; fi | without_limits >again
    same "mdb_load of our dump of $store" again theirs

    # We read theirs, and what we make is theirs again.
    for options in "" -p; do
        rm -rf back
        [ $store = plain ] && all= || all=-a
        mdb_dump $all $options $store >input
        [ -z "$options" ] || { with_backslash <input >input.escaped && mv input.escaped input; }
        exits 0 "$KVTOOL" load --create back <input
        mdb_dump $all back | without_limits >again
        same "our load of mdb_dump $all $options $store" again theirs
    done

    # And ours, both forms.
    for options in "" --print; do
        rm -rf back
        "$KVTOOL" dump --all $options $store >input
        exits 0 "$KVTOOL" load --create back --file input
        exits 0 "$KVTOOL" dump --all back
        without_limits <out >again
        same "our load of dump $options $store" again theirs
    done
done

mdb_dump -n file | without_limits >theirs
"$KVTOOL" dump file | without_limits >ours
same "dump of a single file" ours theirs

# -p: as mdb_dump prints, but for the backslash.
mdb_dump -p plain | with_backslash | without_limits >theirs
"$KVTOOL" dump -p plain | without_limits >ours
same "dump -p" ours theirs
rm -rf back && mkdir back
"$KVTOOL" dump -p plain | mdb_load back || fail "mdb_load refuses dump -p"
mdb_dump plain >theirs
mdb_dump back | grep -v ^mapsize >again
same "mdb_load of dump -p" again <(grep -v ^mapsize theirs)

# One bucket, under its own name or another.
mdb_dump -s beta many | without_limits >theirs
"$KVTOOL" dump many beta | without_limits >ours
same "dump of a bucket" ours theirs
"$KVTOOL" dump many beta >beta
exits 0 "$KVTOOL" load many gamma <beta
mdb_dump -s gamma many | without_limits | sed s/gamma/beta/ >again
same "load into another bucket" again theirs
"$KVTOOL" dump -a many >input
exits 3 "$KVTOOL" load many delta <input
says 'a second database'
exits 1 "$KVTOOL" scan many delta
exits 1 "$KVTOOL" dump many absent
exits 2 "$KVTOOL" dump --all many beta

# What is there: replaced, kept with --new-only, refused with --append and with another kind.
printf 'VERSION=3\nformat=print\ntype=btree\nHEADER=END\n a\n new\n z\n new\nDATA=END\n' >pairs
rm -rf s
exits 0 "$KVTOOL" put --create s '' a old
exits 0 "$KVTOOL" load --new-only s <pairs
exits 0 "$KVTOOL" scan s
prints "$(printf 'a\told\nz\tnew')"
exits 0 "$KVTOOL" load s <pairs
exits 0 "$KVTOOL" scan s
prints "$(printf 'a\tnew\nz\tnew')"
exits 3 "$KVTOOL" load --append s <pairs
says 'line 6: not after'
exits 0 "$KVTOOL" load --append s b <pairs
printf 'VERSION=3\nformat=print\ntype=btree\nHEADER=END\n b\n 1\n a\n 2\nDATA=END\n' >unsorted
exits 3 "$KVTOOL" load --append s c <unsorted
says 'line 8: not after'
exits 1 "$KVTOOL" scan s c
exits 0 "$KVTOOL" load s c <unsorted
exits 0 "$KVTOOL" scan --keys s c
prints "$(printf 'a\nb')"
exits 3 "$KVTOOL" load s b <<END
VERSION=3
type=btree
dupsort=1
HEADER=END
DATA=END
END
says 'does not fit the kind'

# Lines without headers.
printf 'k1\nv1\nk\\00\nv\\5c\n' >lines
exits 0 "$KVTOOL" load -T --create lines.store t <lines
exits 0 "$KVTOOL" scan lines.store t
prints "$(printf 'k%%00\tv\\\\\nk1\tv1')"
mkdir theirs.store && mdb_load -T -s t theirs.store <lines
same "load -T" <(mdb_dump -s t theirs.store | without_limits) <(mdb_dump -s t lines.store | without_limits)
exits 3 "$KVTOOL" load lines.store x <lines

# Lines say no kind: the bucket that is there keeps its own.
printf 'k1\nb\nk1\na\nk1\na\n' >lines
for kind in dup-sort reverse-key plain; do
    tool mkbucket --kind $kind lines.store of-$kind
    exits 0 "$KVTOOL" load -T lines.store of-$kind <lines
    exits 0 "$KVTOOL" load -T --batch 1 lines.store of-$kind <lines
    exits 0 "$KVTOOL" buckets lines.store
    [ $kind = dup-sort ] && pairs=2 || pairs=1
    grep -qx "of-$kind	$kind	$pairs" out || fail "load -T into a $kind bucket: $(cat out)"
done

# Batches.
seq 1 3000 | awk '{ printf "k%05d\n%0100d\n", $1, $1 }' >lines
exits 0 "$KVTOOL" load -T --batch 10K lines.store many <lines
exits 0 "$KVTOOL" scan --keys lines.store many
[ "$(wc -l <out)" -eq 3000 ] || fail "batches lost pairs"
exits 0 "$KVTOOL" check lines.store
finish

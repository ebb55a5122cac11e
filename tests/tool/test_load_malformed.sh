# load refuses every dump that is not whole, says where, and changes nothing.
. "$SRC/tests/tool/expect.sh"

cat >whole <<'END'
VERSION=3
format=bytevalue
database=one
type=btree
mapsize=1048576
duplicates=1
dupsort=1
db_pagesize=4096
HEADER=END
 6b31
 7631
 6b32
 7632
DATA=END
VERSION=3
format=print
database=two
type=btree
HEADER=END
 key
 value\00\5c
DATA=END
END
exits 0 "$KVTOOL" put --create s keep key value
"$KVTOOL" dump --all s >before
lines=$(wc -l <whole)

# refused WHAT: the store is as it was, and a line was told.
refused() {
    says 'nothing was changed'
    "$KVTOOL" dump --all s | cmp -s - before || fail "$1 changed the store"
}

for n in $(seq 0 $((lines - 1))); do
    head -n "$n" whole >cut
    case $n in 14) continue ;; esac # a whole dump of one database
    exits 3 "$KVTOOL" load --file cut s
    says "line $n: "
    refused "cut after line $n"
done

# Cut within each line.
size=$(wc -c <whole)
for n in $(seq 1 7 $((size - 2))); do
    head -c "$n" whole >cut
    [ "$(tail -c 1 cut)" != "" ] || continue
    exits 3 "$KVTOOL" load --file cut s
    refused "cut after byte $n"
done

# Each line left out, or wrong. Advice can be missing; what is left is whole.
for n in 1 9 10 12 14 15 19 20 22; do
    sed "${n}d" whole >cut
    exits 3 "$KVTOOL" load --file cut s
    refused "without line $n"
done
while IFS='|' read -r n text; do
    { head -n $((n - 1)) whole; printf '%s\n' "$text"; tail -n +$((n + 1)) whole; } >cut
    exits 3 "$KVTOOL" load --file cut s
    says "line $n: "
    refused "line $n as '$text'"
done <<'END'
1|VERSION=4
1|VERSION=
1|version=3
2|format=html
4|type=hash
3|database=
7|dupsort=2
7|dupsort
5|mapsize
10| 6b3
10| 6g
10|6b31
10| 6b 1
11|DATA=END
13| 7632 
20| key\
20| key\0
20| key\zz
21|value
22|DATA=EN
END

# What the store refuses is told with its line too.
printf 'VERSION=3\nformat=bytevalue\ntype=btree\nHEADER=END\n 61\n 61\n \n 61\nDATA=END\n' >empty_key
exits 3 "$KVTOOL" load --file empty_key s
says 'line 8: '
refused "an empty key"
printf 'VERSION=3\nformat=bytevalue\ntype=btree\nHEADER=END\n %01200d\n 61\nDATA=END\n' 0 >long_key
exits 3 "$KVTOOL" load --file long_key s
refused "a long key"
printf 'VERSION=3\nreversekey=1\nintegerkey=1\nHEADER=END\nDATA=END\n' >flags
exits 3 "$KVTOOL" load --file flags s
refused "flags that exclude each other"
{ printf 'VERSION=3\ndatabase='; printf 'n%.0s' $(seq 1 600); printf '\nHEADER=END\nDATA=END\n'; } >long_name
exits 3 "$KVTOOL" load --file long_name s
refused "a long name"
head -c 3000 /dev/urandom >noise
exits 3 "$KVTOOL" load --file noise s
refused "noise"
exits 3 "$KVTOOL" load --file absent s

exits 0 "$KVTOOL" load --file whole s
exits 0 "$KVTOOL" buckets s
prints "$(printf '%s\t%s\t%s\n' keep plain 1 one dup-sort 2 two plain 1)"
finish

# Keys and buckets are spelled as file names, both ways.
. "$SRC/tests/tool/expect.sh"

printf 'VERSION=3\nformat=bytevalue\ntype=btree\nHEADER=END\n' >head
hex_of() { printf -- "$1" | od -An -v -tx1 | tr -d ' \n'; }

# name, bytes as printf writes them
while IFS=' ' read -r name bytes; do
    hex=$(hex_of "$bytes")
    rm -rf s
    exits 0 "$KVTOOL" put --create -- s b "$name" "value of $name"
    exits 0 "$KVTOOL" scan --format hex --keys s b
    prints "$hex"
    exits 0 "$KVTOOL" scan --keys s b
    prints "$name"
    exits 0 "$KVTOOL" get -- s b "$name"
    exits 0 "$KVTOOL" del -- s b "$name"
    # The same bytes, brought in by another program.
    rm -rf other && mkdir other
    { cat head; printf ' %s\n 76\nDATA=END\n' "$hex"; } | mdb_load -s b other
    exits 0 "$KVTOOL" get -- other b "$name"
    printf v | cmp -s - out || fail "$name: not the key that mdb_load wrote"
done <<'END'
plain plain
-rf -rf
... ...
.bashrc .bashrc
100%% 100%%%%
foo%20bar.html foo%%20bar.html
%2E .
%2E. ..
.kvfs .kvfs
a%2Fb a/b
%00 \000
%7F \177
tab%09 tab\011
ä \303\244
%FF \377
END

for bad in 'a/b' '.' '..' '' '%2Fa/' 'a%+' 'a/'; do
    exits 2 "$KVTOOL" get s b "$bad"
    [ -s err ] || fail "'$bad': no reason told"
done 2>/dev/null

# What is escaped only where a mount would see it: in the root.
exits 0 "$KVTOOL" put s '' %2Ekvfs value
exits 2 "$KVTOOL" put s '' .kvfs value
exits 0 "$KVTOOL" get s %2Ekvfs

# Long keys are cut into components; buckets have names as well.
long=$(printf 'k%.0s' $(seq 1 400))
{ cat head; printf ' %s\n 76\nDATA=END\n' "$(hex_of "$long")"; } >long
exits 0 "$KVTOOL" load --file long s b
exits 0 "$KVTOOL" scan --keys --prefix kkk s b
name=$(cat out)
case $name in *%+/*) ;; *) fail "a long key has the name $name" ;; esac
exits 0 "$KVTOOL" get s b "$name"

for bucket in 'with space' 'a%2Fb' '%2E.' 'ü'; do
    exits 0 "$KVTOOL" put s "$bucket" key value
    exits 0 "$KVTOOL" get s "$bucket" key
    exits 0 "$KVTOOL" buckets s
    grep -qF "$bucket	plain	1" out || fail "$bucket is not listed by its name"
    exits 0 "$KVTOOL" drop s "$bucket"
done
for bad in 'a/b' 'a%00' '..'; do
    exits 2 "$KVTOOL" mkbucket s "$bad"
done
finish

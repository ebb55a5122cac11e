# A table that postmap wrote, read by kvtool, and read by Postfix again after kvtool changed it.
. "$SRC/tests/tool/expect.sh"
. "$SRC/tests/foreign/make_postmap.sh"

command -v postmap >/dev/null || { echo "postmap (postfix-lmdb) is not installed"; exit 77; }
make_postmap table 500
print_postmap table >theirs || fail "postmap -s"
[ "$(wc -l <theirs)" -eq 502 ] || fail "postmap made no table of 502 pairs"

exits 0 "$KVTOOL" buckets table.lmdb
prints "	plain	502"
# Keys and values end in NUL, which is %00 in a name and \x00 in a value.
tool scan table.lmdb | sed 's/%00\t/\t/; s/\\x00$//' >ours
same "the table" ours theirs
exits 0 "$KVTOOL" get table.lmdb user7@example.org%00
printf 'mailbox7@example.net\0' | cmp -s - out || fail "a mailbox"
exits 0 "$KVTOOL" check table.lmdb
tool scan --format hex table.lmdb >ours
mdb_dump -n table.lmdb | sed '1,/HEADER=END/d; /DATA=END/d; s/^ //' | paste - - >theirs
same "the bytes" ours theirs

exits 0 "$KVTOOL" put --as text table.lmdb '' new@example.org%00 'newbox\x00'
[ "$(postmap -c table.configuration -q new@example.org lmdb:table)" = newbox ] || fail "Postfix does not see a put"
exits 0 "$KVTOOL" del table.lmdb new@example.org%00
postmap -c table.configuration -q new@example.org lmdb:table && fail "Postfix does not see a removal"
finish

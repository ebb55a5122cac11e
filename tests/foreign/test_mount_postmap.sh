# S1 S2 S32: a Postfix table, mounted: it is what postmap -s prints, and Postfix reads what the mount has written.
. "$SRC/tests/foreign/mounted.sh"
. "$SRC/tests/foreign/make_postmap.sh"

command -v postmap >/dev/null || { echo "postmap (postfix-lmdb) is not installed"; exit 77; }
make_postmap table 500
print_postmap table >theirs || fail "postmap -s"
[ "$(wc -l <theirs)" -eq 502 ] || fail "postmap made no table of 502 pairs"
mount_store table.lmdb
same "the bytes" <(theirs -n table.lmdb | as_files) <(files mnt)
for n in 1 7 250 500; do
    grep -qx "user$n@example.org	$(tr -d '\0' <mnt/user$n@example.org%00)" theirs ||
        fail "user $n is not as postmap says"
done
same "the addresses" <(cut -f1 theirs) <(names mnt | sed 's/%00$//')
[ "$(names mnt | grep -c '%00$')" -eq 502 ] || fail "a key lost its NUL"
printf 'mailbox7@example.net\0' | cmp -s - mnt/user7@example.org%00 || fail "a mailbox"
copied_out mnt

printf 'elsewhere@example.net\0' >mnt/user7@example.org%00
printf 'new@example.net\0' >mnt/new@example.org%00
done_by rm mnt/user8@example.org%00
query() { postmap -c table.configuration -q "$1" lmdb:table; }
[ "$(query user7@example.org)" = mailbox7@example.net ] || fail "Postfix sees what is not committed"
done_by sync mnt
[ "$(query user7@example.org)" = elsewhere@example.net ] || fail "Postfix does not see a change"
[ "$(query new@example.org)" = new@example.net ] || fail "Postfix does not see a new address"
query user8@example.org && fail "Postfix does not see a removal"
# It writes while the table is mounted, without LMDB's locks: what it wrote stays.
echo 'theirs@example.org theirs@example.net' | postmap -c table.configuration -i lmdb:table || fail "postmap -i"
printf 'ours@example.net\0' >mnt/ours@example.org%00
eventually 20 sync mnt 2>/dev/null || fail "no commit after Postfix wrote"
[ "$(query theirs@example.org)" = theirs@example.net ] || fail "our commit undid what Postfix wrote"
[ "$(query ours@example.org)" = ours@example.net ] || fail "Postfix does not see our next commit"
printf 'theirs@example.net\0' | cmp -s - mnt/theirs@example.org%00 || fail "what Postfix wrote does not show"
unmount
finish

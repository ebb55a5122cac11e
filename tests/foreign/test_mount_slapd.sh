# S1 S2 S3 S5 S32: an OpenLDAP database, mounted: every database of it, to the byte, and slapcat goes on with it.
. "$SRC/tests/foreign/mounted.sh"
. "$SRC/tests/foreign/make_slapd.sh"

PATH=$PATH:/usr/sbin
command -v slapadd >/dev/null || { echo "slapadd (slapd) is not installed"; exit 77; }
make_slapd ldap 60 || fail "slapadd"
print_slapd ldap >before || fail "slapcat"
mount_store ldap/data
mdb_dump -l ldap/data | LC_ALL=C sort | same "the databases" - <(names mnt)

# Entries are files named by their number, with the bytes that mdb_dump prints.
theirs -s id2e ldap/data >wanted
same "the entries" <(cut -f2 wanted) <(files mnt/id2e | cut -f2)
names mnt/id2e | same "their numbers" <(seq 1 62) -
n=$(grep -la 'u17@example.org' mnt/id2e/*)
[ "$n" = mnt/id2e/19 ] || fail "the 17th person is in '$n'"

# The others: all values of all keys, whatever their order.
while read -r bucket; do
    [ "$bucket" != id2e ] || continue
    theirs -s "$bucket" ldap/data | cut -f2 | sort >wanted
    files "mnt/$bucket" | cut -f2 | sort >ours
    [ "$bucket" = dn2i ] || [ "$(wc -l <wanted)" -eq 0 ] || same "$bucket" wanted ours
    [ "$(wc -l <wanted)" -eq "$(wc -l <ours)" ] || fail "$bucket: $(wc -l <ours) files of $(wc -l <wanted) pairs"
done < <(names mnt)
[ "$(ls mnt/dn2i/2 | wc -l)" -eq 61 ] || fail "dn2i of the people's parent: $(ls mnt/dn2i/2 | wc -l) values, not 61"
copied_out mnt

# OpenLDAP reads and writes it meanwhile, and afterwards.
print_slapd ldap | same "slapcat while it is mounted" before -
printf 'dn: uid=later,ou=people,dc=example,dc=org\nobjectClass: inetOrgPerson\nuid: later\ncn: L\nsn: L\n\n' |
    slapadd -q -f ldap/slapd.conf || fail "slapadd while it is mounted"
eventually 5 test -e mnt/id2e/63 || fail "what slapadd wrote does not show"
unmount
print_slapd ldap >after
[ "$(grep -c ^dn: after)" -eq 63 ] || fail "slapcat after the mount: $(grep -c ^dn: after) entries"
finish

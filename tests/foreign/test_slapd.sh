# A database that OpenLDAP's slapadd wrote, read by kvtool. dn2i is dup-sort with a comparator of OpenLDAP's own.
. "$SRC/tests/tool/expect.sh"
. "$SRC/tests/foreign/make_slapd.sh"

PATH=$PATH:/usr/sbin
command -v slapadd >/dev/null || { echo "slapadd (slapd) is not installed"; exit 77; }
make_slapd ldap 200 || fail "slapadd"
print_slapd ldap >before || fail "slapcat"
[ "$(grep -c ^dn: before)" -eq 202 ] || fail "slapadd made no directory of 202 entries"

exits 0 "$KVTOOL" buckets ldap/data
cut -f1 out >ours
mdb_dump -l ldap/data | LC_ALL=C sort >theirs
same "names" ours theirs
grep -qx 'dn2i	dup-sort+integer-key	[0-9]*' out || fail "dn2i: $(grep dn2i out)"
grep -qx 'id2e	integer-key	202' out || fail "id2e: $(grep id2e out)"

while read -r bucket; do
    mdb_dump -s "$bucket" ldap/data | sed '1,/HEADER=END/d; /DATA=END/d; s/^ //' | paste - - >theirs
    tool scan --format hex ldap/data "$bucket" >out
    same "$bucket" out theirs
    tool scan --reverse --format hex ldap/data "$bucket" | tac >out
    same "$bucket backward" out theirs
    tool dump ldap/data "$bucket" | grep -v ^mapsize >out
    mdb_dump -s "$bucket" ldap/data | grep -v ^mapsize >theirs
    same "dump of $bucket" out theirs
done <ours

# Entries are found by their number, and hold what slapcat prints.
exits 0 "$KVTOOL" get ldap/data id2e 3
grep -qa 'u1@example.org' out || fail "entry 3 is not the first person"
exits 0 "$KVTOOL" get --all --format hex ldap/data dn2i 2
[ "$(wc -l <out)" -eq 201 ] || fail "dn2i of the people's parent: $(wc -l <out) values, not 201"

# dn2i's comparator puts the values where their bytes do, so even its order is found sound.
exits 0 "$KVTOOL" check ldap/data

# Reading changed nothing, and OpenLDAP goes on with it.
print_slapd ldap >after
same "slapcat" before after
exits 0 "$KVTOOL" backup ldap/data copy.mdb
mkdir -p copy/data && cp copy.mdb copy/data/data.mdb && sed "/^directory/s|/ldap/|/copy/|" ldap/slapd.conf >copy/slapd.conf
print_slapd copy >after
same "slapcat of a backup" before after
finish

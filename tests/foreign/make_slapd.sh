# A database of the OpenLDAP server. Sourced by tests. Nothing is started: slapadd writes the files.

# make_slapd DIR COUNT: makes a directory of COUNT people. DIR/data is the environment: id2v and dn2i are dup-sort, dn2i
# with a comparator of OpenLDAP's own; id2e and the indexes have integer keys or values.
make_slapd() {
    mkdir -p "$1/data" || return
    cat >"$1/slapd.conf" <<END
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
pidfile $PWD/$1/slapd.pid
modulepath /usr/lib/ldap
moduleload back_mdb
database mdb
suffix "dc=example,dc=org"
directory $PWD/$1/data
maxsize 67108864
index objectClass eq
index cn,uid eq,sub
END
    {
        printf 'dn: dc=example,dc=org\nobjectClass: dcObject\nobjectClass: organization\no: Example\ndc: example\n\n'
        printf 'dn: ou=people,dc=example,dc=org\nobjectClass: organizationalUnit\nou: people\n\n'
        seq 1 "$2" | awk '{
            printf "dn: uid=u%d,ou=people,dc=example,dc=org\nobjectClass: inetOrgPerson\nuid: u%d\n", $1, $1
            printf "cn: Person %d\nsn: Number%d\nmail: u%d@example.org\n\n", $1, $1, $1
        }'
    } >"$1/people.ldif"
    slapadd -q -f "$1/slapd.conf" -l "$1/people.ldif"
}

# print_slapd DIR: what OpenLDAP reads from it.
print_slapd() {
    slapcat -f "$1/slapd.conf"
}

# Databases that mdb_load and mdb_dump's own format make. Sourced by tests; each function makes one environment and
# prints nothing. Values and keys are chosen so that every escape of a name occurs.

# pairs_of FIRST LAST prints mdb_load's lines for keys key000001...
pairs_of() {
    seq "$1" "$2" | awk '{ printf " key%06d\n value of %d\n", $1, $1 }'
}

# bytes_of NUMBER SIZE prints the hex of a native (little-endian) unsigned integer.
bytes_of() {
    local hex out=
    hex=$(printf "%0$((2 * $2))x" "$1")
    while [ -n "$hex" ]; do
        out=$out${hex: -2}
        hex=${hex%??}
    done
    printf '%s' "$out"
}

# make_plain DIR: a directory environment with its data in the main database.
make_plain() {
    mkdir "$1"
    {
        printf 'VERSION=3\nformat=print\ntype=btree\nmapsize=16777216\nmaxreaders=126\nHEADER=END\n'
        pairs_of 1 1000
        printf ' %s\n %s\n' 'a\2fb' 'slash' '\00' 'a zero byte' '.' 'dot' '..' 'dots' '100%' 'per cent' '%41' 'no escape' \
            '\c3\a4' 'umlaut' '\ff\fe' 'not utf-8' 'empty' '' 'binary' '\00\01\0a\09\5c\7f\ff'
        printf 'DATA=END\n'
    } | mdb_load "$1"
}

# make_file FILE: a single-file environment.
make_file() {
    {
        printf 'VERSION=3\nformat=print\ntype=btree\nHEADER=END\n'
        pairs_of 1 10
        printf 'DATA=END\n'
    } | mdb_load -n "$1"
}

# make_many DIR: several named databases, one with a name that needs an escape.
make_many() {
    local name
    mkdir "$1"
    for name in alpha beta 'with space' 'a/b'; do
        {
            printf 'VERSION=3\nformat=print\ndatabase=%s\ntype=btree\nmapsize=16777216\nHEADER=END\n' "$name"
            pairs_of 1 50
            printf 'DATA=END\n'
        } | mdb_load -s "$name" "$1"
    done
}

# make_dup_sort DIR: a dup-sort database "dups": key000001... with 1 to 7 values each, and one key with 5,000.
make_dup_sort() {
    mkdir "$1"
    {
        printf 'VERSION=3\nformat=print\ndatabase=dups\ntype=btree\nmapsize=16777216\ndupsort=1\nHEADER=END\n'
        seq 1 100 | awk '{ for (i = 0; i <= $1 % 7; i++) printf " key%06d\n value%d\n", $1, i }'
        seq 1 5000 | awk '{ printf " many\n v%05d\n", $1 }'
        printf 'DATA=END\n'
    } 2>&1 | mdb_load "$1"
}

# make_root_dups DIR: a dup-sort main database with integer keys.
make_root_dups() {
    local number
    mkdir "$1"
    {
        printf 'VERSION=3\nformat=bytevalue\ntype=btree\nmapsize=16777216\ndupsort=1\nintegerkey=1\nHEADER=END\n'
        for number in 1 300 70000; do
            printf ' %s\n 61\n' "$(bytes_of "$number" 8)"
            printf ' %s\n 62\n' "$(bytes_of "$number" 8)"
        done
        printf 'DATA=END\n'
    } | mdb_load "$1"
}

# make_dup_fixed DIR: a dup-fixed database "fixed" of 4-byte values.
make_dup_fixed() {
    local key value
    mkdir "$1"
    {
        printf 'VERSION=3\nformat=bytevalue\ndatabase=fixed\ntype=btree\nmapsize=16777216\ndupsort=1\ndupfixed=1\n'
        printf 'HEADER=END\n'
        for key in 6161 6262 6363; do
            for value in $(seq 1 300); do
                printf ' %s\n %08x\n' $key "$value"
            done
        done
        printf 'DATA=END\n'
    } | mdb_load "$1"
}

# make_integer DIR SIZE: integer keys of SIZE bytes in "numbers", and integer keys with integer values in "pairs".
make_integer() {
    local number
    mkdir "$1"
    {
        printf 'VERSION=3\nformat=bytevalue\ndatabase=numbers\ntype=btree\nmapsize=16777216\nintegerkey=1\nHEADER=END\n'
        for number in 0 1 9 10 255 256 65536 4294967295; do
            printf ' %s\n %s\n' "$(bytes_of "$number" "$2")" "$(printf 'n%d' "$number" | od -An -v -tx1 | tr -d ' \n')"
        done
        printf 'DATA=END\nVERSION=3\nformat=bytevalue\ndatabase=pairs\ntype=btree\nmapsize=16777216\ndupsort=1\n'
        printf 'integerkey=1\ndupfixed=1\nintegerdup=1\nHEADER=END\n'
        for number in 3 200 70000; do
            printf ' %s\n %s\n' "$(bytes_of "$number" "$2")" "$(bytes_of 1 "$2")" \
                "$(bytes_of "$number" "$2")" "$(bytes_of 256 "$2")"
        done
        printf 'DATA=END\n'
    } | mdb_load "$1"
}

# make_reverse DIR: reverse keys in "backward", reverse values in "values".
make_reverse() {
    mkdir "$1"
    {
        printf 'VERSION=3\nformat=print\ndatabase=backward\ntype=btree\nmapsize=16777216\nreversekey=1\nHEADER=END\n'
        printf ' %s\n %s\n' az 1 ba 2 ca 3 zb 4
        printf 'DATA=END\nVERSION=3\nformat=print\ndatabase=values\ntype=btree\ndupsort=1\nreversedup=1\nHEADER=END\n'
        printf ' key\n %s\n' az ba zb
        printf 'DATA=END\n'
    } | mdb_load "$1"
}

# Keys that names have a hard time with. Sourced by tests.

# begin_database NAME, end_database: the lines of mdb_load's format around the pairs of a database.
begin_database() {
    printf 'VERSION=3\nformat=bytevalue\ndatabase=%s\ntype=btree\nmapsize=268435456\nHEADER=END\n' "$1"
}

end_database() {
    printf 'DATA=END\n'
}

# all_short_keys STEP: every key of one byte, and of two bytes each STEPth; the value of a key is the key in hex.
all_short_keys() {
    awk -v step="$1" 'BEGIN {
        for (a = 0; a < 256; a++) printf " %02x\n %02x\n", a, a
        for (k = 0; k < 65536; k += step) printf " %04x\n %04x\n", k, k
    }'
}

# key_of PATTERN SIZE: SIZE bytes in hex, PATTERN (hex too) over and over.
key_of() {
    local all=
    while [ ${#all} -lt $((2 * $2)) ]; do
        all=$all$1
    done
    printf '%s' "${all:0:$((2 * $2))}"
}

# long_keys: keys of 240 to 511 bytes of every kind of byte, alone and with tails that differ.
long_keys() {
    local pattern size tail
    # letters, dots, slashes, per cents, %41, %+, 2 to 4 byte UTF-8, NUL, 0xff, spaces, newlines, mixtures
    for pattern in 61 2e 2f 25 253431 252b c3a4 e282ac f09f9880 00 ff 20 0a 61ff 2e2f c3 e282 6125 ff2e f09f; do
        for size in 240 254 255 256 257 300 509 510 511; do
            printf ' %s\n %s\n' "$(key_of "$pattern" "$size")" \
                "$(printf '%s %d' "$pattern" "$size" | od -An -tx1 | tr -d ' \n')"
        done
        for tail in 61 62 2e 2e2e ff 2f61 252b; do
            printf ' %s%s\n 7461696c\n' "$(key_of "$pattern" 500)" "$tail"
        done
    done
}

# odd_keys: keys that look like names, escapes, and what tools make.
odd_keys() {
    local key
    for key in . .. ... .... .kvfs %2Ekvfs %2E %2e %25 %2525 %empty %25empty % %% %+ a%+ a%25+ %41 %zz 100% 100%25 \
        'a b' ' ' -rf -- '*' '?' '$HOME' '`x`' '"' "'" '\' 'a\b' 'a:b' '~' file~ '#file#' .file.swp .~lock NUL con.txt \
        'é' '日本語' '.%41' 'a/b' '/' '/a' 'a/' './a' '../a'; do
        printf ' %s\n 6f6464\n' "$(printf '%s' "$key" | od -An -v -tx1 | tr -d ' \n')"
    done
    # Unicode that is not well formed: overlong, a surrogate, above the last, cut short, alone; and what is.
    for key in c080 c1bf e08080 eda080 f4908080 f8888080 c3 e282 f09f98 80 bf fe ff 61c3 c361 e282ac c3a4 f48fbfbf \
        ee8080 efbfbf efbbbf cc81 65cc81 0a 0d 09 1b5b6d 7f 00 0000 6100 0061; do
        printf ' %s\n 756e69\n' "$key"
    done
}

# load_keys STORE STEP: the databases "short", "long" and "odd".
load_keys() {
    {
        begin_database short && all_short_keys "$2" && end_database
        begin_database long && long_keys && end_database
        begin_database odd && odd_keys && end_database
    } | "$KVTOOL" load --create "$1"
}

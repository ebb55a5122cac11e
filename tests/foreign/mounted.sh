# What the tests of other programs' databases have in common when they are mounted. Sourced by them.
. "$SRC/tests/mount/mount.sh"

# files DIR: the path of each file below it, a tab, and its content in hex, in the order of the listing.
files() {
    "$clients/print_files" "$1" || fail "print_files $1"
}

# theirs OPTIONS...: what mdb_dump prints of a database: key and value in hex, a tab between them.
theirs() {
    mdb_dump "$@" | sed '1,/HEADER=END/d; /DATA=END/d; s/^ //' | paste - -
}

# as_files [dups]: turns `theirs` into `files`. Names are spelled here without the library's code, which does for bytes
# that are ASCII or control bytes and names of one component; what else the tests have is listed.
as_files() {
    awk -F '\t' -v dups="${1-}" 'BEGIN {
        for (b = 0; b < 256; b++) {
            name[sprintf("%02x", b)] = b < 32 || b >= 127 || b == 47 ? sprintf("%%%02X", b) : sprintf("%c", b)
        }
        whole["2e"] = "%2E"
        whole["2e2e"] = "%2E."
        whole["c3a4"] = "\303\244"
    }
    function spell(hex, out, i) {
        if (hex in whole) return whole[hex]
        for (i = 1; i <= length(hex); i += 2) out = out name[substr(hex, i, 2)]
        return out
    }
    { print spell($1, "") (dups ? "/" spell($2, "") : "") "\t" $2 }'
}

# copied_out DIR: everything is cp -r-ed to ./out and equal.
copied_out() {
    rm -rf out
    done_by cp -r "$1" out
    done_by diff -r "$1" out
}

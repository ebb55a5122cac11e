# A table of the Postfix mail server. Sourced by tests.

# make_postmap FILE COUNT: makes the table FILE.lmdb (one file, data in the main database, keys and values end in NUL) of
# COUNT addresses from the text FILE, which it writes too.
make_postmap() {
    local configuration=$1.configuration
    mkdir -p "$configuration" && : >"$configuration/main.cf"
    {
        printf 'postmaster root\n@example.org catchall@example.net\n'
        seq 1 "$2" | awk '{ printf "user%d@example.org mailbox%d@example.net\n", $1, $1 }'
    } >"$1"
    postmap -c "$configuration" "lmdb:$1"
}

# print_postmap FILE: what Postfix reads from the table: key, tab, value, in its order.
print_postmap() {
    postmap -c "$1.configuration" -s "lmdb:$1"
}

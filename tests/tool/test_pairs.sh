# put, get and del: pairs of plain buckets and of the root map, and the exit codes.
. "$SRC/tests/tool/expect.sh"

exits 3 "$KVTOOL" get s key
says 'kvtool: s: '
exits 3 "$KVTOOL" put s '' key value
says '--create'
[ ! -e s ] || fail "put without --create made a store"

exits 0 "$KVTOOL" put --create s '' key value
exits 0 "$KVTOOL" get s key
printf value | cmp -s - out || fail "get prints more or less than the value"
exits 0 "$KVTOOL" put s '' key value
exits 1 "$KVTOOL" get s other
says 'key other: not found'
exits 1 "$KVTOOL" get s bucket key
says 'bucket bucket: not found'

# From standard input, from a file; an empty value is a value.
printf 'a\0b\n' >value
"$KVTOOL" put s bucket binary <value || fail "put from standard input"
exits 0 "$KVTOOL" get s bucket binary
same "standard input" value out
exits 0 "$KVTOOL" put --file value s bucket file
exits 0 "$KVTOOL" get s bucket file
same "--file" value out
exits 0 "$KVTOOL" put --file - s rootkey </dev/null
exits 0 "$KVTOOL" get s rootkey
prints ''
exits 3 "$KVTOOL" put --file missing s bucket file
says 'missing: No such file'
exits 0 "$KVTOOL" get s bucket file
same "a missing file changed the pair" value out
exits 2 "$KVTOOL" put --file value s bucket file value

# VALUE spelled otherwise.
exits 0 "$KVTOOL" put --as hex s bucket hex 00fF0a
exits 0 "$KVTOOL" get --format hex s bucket hex
prints 00ff0a
exits 0 "$KVTOOL" put --as text s bucket text 'a\tb\\\x01\xff\n'
exits 0 "$KVTOOL" get --format hex s bucket text
prints 6109625c01ff0a
for bad in 0 0g 'xx' 000; do
    exits 2 "$KVTOOL" put --as hex s bucket bad "$bad"
done
for bad in '\' '\q' '\x' '\x1' '\xg0'; do
    exits 2 "$KVTOOL" put --as text s bucket bad "$bad"
done
exits 1 "$KVTOOL" get s bucket bad

# What looks like an option.
exits 0 "$KVTOOL" put s bucket -- -k -5
exits 0 "$KVTOOL" get s bucket -- -k
printf -- -5 | cmp -s - out || fail "a value after --"

exits 3 "$KVTOOL" put --strict s absent key value
exits 1 "$KVTOOL" get s absent key
exits 0 "$KVTOOL" put --strict s bucket key value

exits 0 "$KVTOOL" del s bucket key
exits 1 "$KVTOOL" del s bucket key
exits 1 "$KVTOOL" del s absent key
exits 0 "$KVTOOL" put s bucket key value
exits 1 "$KVTOOL" del s bucket key other
exits 0 "$KVTOOL" get s bucket key
exits 0 "$KVTOOL" del s bucket key value
exits 1 "$KVTOOL" get s bucket key
exits 0 "$KVTOOL" del s key
exits 1 "$KVTOOL" get s key

# A put replaces; the root map does not give up the name of a bucket.
exits 0 "$KVTOOL" put s bucket key one
exits 0 "$KVTOOL" put s bucket key two
exits 0 "$KVTOOL" get s bucket key
printf two | cmp -s - out || fail "put did not replace"
exits 3 "$KVTOOL" put s '' bucket value
exits 0 "$KVTOOL" get s bucket key
exits 0 "$KVTOOL" put s '' taken value
exits 3 "$KVTOOL" put s taken key value
exits 0 "$KVTOOL" get s taken

# Limits are told, not reached silently.
long=$(printf 'k%.0s' $(seq 1 240))
exits 3 "$KVTOOL" put s bucket '%empty' value
says 'empty'
exits 3 "$KVTOOL" put s bucket "$long%+/$long%+/$long" value
says 'too big'
finish

# Started with standard streams closed, kvtool never takes a store's file for one of them: what it says stays outside.
. "$SRC/tests/tool/expect.sh"

printf 'VERSION=3\nformat=print\ntype=btree\nHEADER=END\n loaded\n value\nDATA=END\n' >input
exits 0 "$KVTOOL" put --create other from other

# closed CODE VERB...: the verb with each stream closed, and with all; the store stays sound, and holds what it held.
closed() {
    local wanted=$1 way got
    shift
    for way in '<&-' '>&-' '2>&-' '>&- 2>&-' '<&- >&- 2>&-'; do
        rm -rf s.mdb s.mdb-lock
        tool put --create s.mdb '' a 1
        tool put s.mdb b k v
        eval '"$KVTOOL" "$@" >out 2>err' "$way"
        got=$?
        [ "$got" -eq "$wanted" ] || fail "status $got, not $wanted: $* $way"
        exits 0 "$KVTOOL" check s.mdb
        [ "$wanted" -eq 0 ] && continue
        exits 0 "$KVTOOL" scan s.mdb
        prints "$(printf 'a\t1')"
    done
}

closed 0 put s.mdb '' new value
closed 0 del s.mdb '' a
closed 0 clear s.mdb b
closed 0 drop s.mdb b
closed 0 mkbucket s.mdb made
closed 0 load --file input s.mdb
closed 0 copy other s.mdb
closed 1 del s.mdb '' nope
closed 1 drop s.mdb nope
closed 2 put s.mdb
closed 3 load --file absent s.mdb
closed 3 load --file other/data.mdb s.mdb

# A closed stream is a failure where it is needed.
exits 0 "$KVTOOL" put --create s.mdb '' a 1
"$KVTOOL" scan s.mdb >&- 2>err && fail "scan succeeds without an output"
says 'standard output'
"$KVTOOL" load s.mdb <&- 2>err && fail "load succeeds without an input"
says 'nothing was changed'
finish

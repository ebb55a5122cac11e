# Buckets with several values a key.
. "$SRC/tests/tool/expect.sh"

exits 0 "$KVTOOL" mkbucket --create --kind dup-sort s d
for value in pear apple fig apple; do
    exits 0 "$KVTOOL" put s d fruit "$value"
done
exits 0 "$KVTOOL" put s d root carrot
exits 0 "$KVTOOL" get s d fruit
printf apple | cmp -s - out || fail "get gives the smallest value"
exits 0 "$KVTOOL" get --all s d fruit
prints "$(printf 'apple\nfig\npear')"
exits 0 "$KVTOOL" get --all --format hex s d root
prints 636172726f74
exits 0 "$KVTOOL" get --all --format json s d fruit
prints "$(printf '"apple"\n"fig"\n"pear"')"
exits 1 "$KVTOOL" get --all s d absent
exits 0 "$KVTOOL" scan s d
prints "$(printf 'fruit\tapple\nfruit\tfig\nfruit\tpear\nroot\tcarrot')"
exits 0 "$KVTOOL" scan --reverse --limit 2 s d
prints "$(printf 'root\tcarrot\nfruit\tpear')"

exits 3 "$KVTOOL" del s d fruit
says '--all'
exits 0 "$KVTOOL" del s d fruit fig
exits 1 "$KVTOOL" del s d fruit fig
exits 0 "$KVTOOL" del --all s d fruit
exits 1 "$KVTOOL" del --all s d fruit
exits 2 "$KVTOOL" del --all s d fruit fig
exits 0 "$KVTOOL" scan s d
prints "$(printf 'root\tcarrot')"

# Sizes that a kind does not hold are refused.
exits 0 "$KVTOOL" mkbucket --kind dup-fixed s f
exits 0 "$KVTOOL" put s f key aaaa
exits 3 "$KVTOOL" put s f key aaaaa
exits 0 "$KVTOOL" put s f key bbbb
exits 0 "$KVTOOL" get --all s f key
prints "$(printf 'aaaa\nbbbb')"
head -c 600 /dev/zero >big
exits 3 "$KVTOOL" put --file big s d key
finish

# --help tells every verb and option that there is; wrong usage exits with 2 and says how it is written.
. "$SRC/tests/tool/expect.sh"

exits 0 "$KVTOOL" --version
grep -qE '^kvtool [0-9]+\.[0-9]+\.[0-9]+$' out || fail "--version: $(cat out)"
exits 0 "$KVTOOL" --help
verbs=$(sed -n '/^verbs:/,/^$/s/^  \([a-z]*\) .*/\1/p' out)
[ "$(echo $verbs | wc -w)" -eq 14 ] || fail "verbs: $verbs"
grep -q '^  lmdb ' out || fail "--help does not tell the kinds of stores"
grep -q 'map_size=' out || fail "--help does not tell the settings of lmdb"
for verb in $verbs; do
    exits 0 "$KVTOOL" $verb --help
    grep -q "^usage: kvtool $verb \[OPTION\]... " out || fail "$verb --help"
    [ "$(awk 'length > 120' out | wc -l)" -eq 0 ] || fail "$verb --help is too wide"
    # Each option that the help tells is one that the verb takes.
    grep -oE '^  (-.,|   ) --[a-z-]+( [A-Za-z|0-9]+)?' out | sed 's/^.....//' >options
    [ -s options ] || fail "$verb --help tells no option"
    while read -r option argument; do
        case $argument in
        '') set -- ;;
        *'|'*) set -- "${argument%%|*}" ;;
        KIND) set -- plain ;;
        *) set -- 1 ;;
        esac
        exits 0 "$KVTOOL" $verb "$option" "$@" --help
    done <options
    exits 2 "$KVTOOL" $verb
    says "usage: kvtool $verb"
    exits 2 "$KVTOOL" $verb --nonsense s
    exits 2 "$KVTOOL" $verb 1 2 3 4 5 6
done

# The manual tells the same: each verb with its arguments, its summary and its options.
plain() { sed 's/\\e/\\/g; s/\\-/-/g; s/^\\&//'; }
for verb in $verbs; do
    "$KVTOOL" $verb --help | sed 's/^usage: //' >help
    sed "1,/^\.SS $verb\$/d" "$SRC/kvcore/tools/kvtool.1" | sed '/^\.S[SH] /,$d' | plain >manual
    grep -qxF ".B $(head -1 help)" manual || fail "the manual has another synopsis of $verb"
    # A paragraph may be broken elsewhere; an option is a tag and its text.
    sed -n '/^options:/,$p' help | sed '1d; /--options SETTINGS/d; /--help/d; s/^ *//' |
        tr -s ' ' >told
    awk '/^\.TP$/ { tag = 1; next } tag { sub(/^\.B /, ""); word = $0; tag = 0; text = 1; next }
         text { print word " " $0; text = 0 }' manual | tr -s ' ' >written
    same "options of $verb in the manual" told written
done

exits 2 "$KVTOOL"
says 'usage:'
exits 2 "$KVTOOL" nonsense
says 'no such verb'
exits 2 "$KVTOOL" scan --limit
says 'needs an argument'
exits 2 "$KVTOOL" load --batch 0 s
exits 2 "$KVTOOL" load --batch 1T s

# Settings before and after the verb; wrong ones are wrong usage.
exits 0 "$KVTOOL" -o map_size=16M put --create s b key value
exits 0 "$KVTOOL" get -o map_size=32M s b key
exits 2 "$KVTOOL" get -o nonsense=1 s b key
exits 2 "$KVTOOL" get -o map_size=x s b key
exits 2 "$KVTOOL" get nonsense:s b key
finish

# S9 S10 S11: every key has one name, and the name leads back to it.
. "$SRC/tests/mount/mount.sh"
. "$SRC/tests/mount/make_keys.sh"

load_keys store 1 || fail "kvtool load"
mount_store store

# What one byte is called, by the words of S10.
awk 'BEGIN {
    for (b = 0; b < 256; b++)
        if (b < 32 || b >= 127 || b == 46 || b == 47) printf "%%%02X\n", b
        else printf "%c\n", b
}' >wanted
names mnt/short | grep -xE '.|%..' | grep -vxE '%[^0-9A-F].|%.[^0-9A-F]' >got
same "names of one byte" <(sort wanted) <(sort got)
[ "$(names mnt/short | wc -l)" -eq 65792 ] || fail "$(names mnt/short | wc -l) names of 65,792 keys"
[ -z "$(names mnt/short | sort | uniq -d)" ] || fail "two keys with one name"

# All names of all keys, in the order of the keys, and no component that another file system could not hold.
for bucket in short long odd; do
    tool scan --keys store $bucket | sort >wanted
    find mnt/$bucket -type f -printf '%P\n' | sort >got
    same "names in $bucket" wanted got
    find mnt/$bucket -mindepth 1 -printf '%f\n' | awk 'length > 255 || $0 == "." || $0 == ".." { print }' >bad
    [ ! -s bad ] || fail "components that other file systems do not hold: $(head -3 bad)"
done
[ "$(find mnt/long -type d | wc -l)" -gt 20 ] || fail "no long name was cut"
tool scan --keys store short | same "the order" - <(names mnt/short)

# And its value, which is the key itself, is behind each name: read in the order of the names, they are in that of keys.
awk 'BEGIN {
    for (a = 0; a < 256; a++) {
        printf "%c", a
        for (b = 0; b < 256; b++) printf "%c%c", a, b
    }
}' >wanted
names mnt/short | sed 's|^|./|' | tr '\n' '\0' | (cd mnt/short && xargs -0 cat) >got
[ "$(wc -c <wanted)" -eq 131328 ] || fail "awk does not print NUL bytes"
same "the values of all short keys" wanted got

# Spelled in another way, it is no key.
printf x >mnt/odd/plain
for name in a%25b %25 %252 %25zz %C3%A4 %E2%82%AC %25+a %25emptys a%+ $'a\nb' $'\x7f' $'\xff' $'a\xc3' $'%C3\xa4'; do
    [ ! -e "mnt/odd/$name" ] || fail "$name leads to a key"
    refuses EINVAL touch "mnt/odd/$name"
    refuses EINVAL "$clients/rename_by" replace mnt/odd/plain "mnt/odd/$name"
    refuses EINVAL mkdir "mnt/$name"
done
logged EINVAL
holds mnt/odd/plain x

# What only looks like an escape is itself.
ordinary=(100% %z a%2 %zz% %41 %2f foo%20bar.html a%2E %2E.. %EMPTY '%+a' -rf ... .bashrc %2Ekvfs '日本' "a'b")
for name in "${ordinary[@]}"; do
    printf '%s' "$name" >"mnt/odd/$name" || fail "$name is refused"
done
unmount
for name in "${ordinary[@]}"; do
    hex=$(printf '%s' "$name" | od -An -v -tx1 | tr -d ' \n')
    tool scan --format hex store odd | grep -qx "$hex	$hex" || fail "$name is not its own key"
done
finish

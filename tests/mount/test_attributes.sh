# S27 S28 S29 S30: numbers, sizes, times, owners and modes, and what has none.
. "$SRC/tests/mount/mount.sh"

for n in 1 2 3; do tool put --create store b key$n value; done
tool put store c key1 value
tool put store '' key1 value
touch -d 2020-01-02 store/data.mdb
mount_store store
numbers() { find "$1" -printf '%i %P\n' | sort -k2; }
times() { find "$1" -printf '%T@ %P\n' | sort -k2; }
numbers mnt >before
times mnt >times
[ "$(cut -d' ' -f1 before | sort -u | wc -l)" -eq 8 ] || fail "two files have one number: $(cat before)"
[ -z "$(find mnt -type f -links +1)" ] || fail "st_nlink is not 1"
# The same over a remount, looked at in another order.
remount store
stat mnt/c/key1 mnt/b/key3 mnt/key1 >/dev/null
numbers mnt | same "numbers over a remount" before -
times mnt | same "times over a remount" times -
ls -i mnt/b | awk '{ print $1, "b/" $2 }' | same "numbers in a listing" <(grep b/ before) -

# A change moves the time by a whole second at least, and only its own.
was=$(stat -c %Y mnt/b/key1) other=$(stat -c %y mnt/b/key2)
printf 'value' >mnt/b/key1
[ "$(stat -c %Y mnt/b/key1)" -gt "$was" ] || fail "the time of a changed value did not move"
for n in 1 2 3; do
    was=$(stat -c %Y mnt/b/key1)
    printf "value$n" >mnt/b/key1
    done_by sync mnt
    now=$(stat -c %Y mnt/b/key1)
    [ "$now" -gt "$was" ] || fail "change $n: the time was $was and is $now"
done
[ "$(stat -c %y mnt/b/key2)" = "$other" ] || fail "the time of another pair moved: $other, now $(stat -c %y mnt/b/key2)"
# A commit by others may have changed any.
was=$(stat -c %Y mnt/b/key3)
tool put store b key3 theirs
moved() { [ "$(stat -c %Y mnt/b/key3)" -gt "$was" ]; }
eventually 5 moved || fail "the time of a value that others changed did not move"

# Two pairs of the same size that change places are seen by who compares size and time.
for n in 1 2 3 4; do tool put store swap key$n "value $n"; done
remount store
done_by rsync -a mnt/swap/ swap/
done_by mv mnt/swap/key1 mnt/swap/key2
done_by "$clients/rename_by" exchange mnt/swap/key3 mnt/swap/key4
done_by rsync -a --delete mnt/swap/ swap/
done_by diff -r mnt/swap swap
done_by rm -r mnt/swap

# utimens succeeds and holds.
done_by touch -d '2001-02-03 04:05:06' mnt/b/key2 mnt/b
[ "$(stat -c %Y mnt/b/key2)" = "$(date -d '2001-02-03 04:05:06' +%s)" ] || fail "utimens: $(stat -c %y mnt/b/key2)"
printf new >mnt/b/made
done_by touch -d '2001-02-03 04:05:06' mnt/b/made
done_by sync mnt
[ "$(stat -c %Y mnt/b/made)" = "$(date -d '2001-02-03 04:05:06' +%s)" ] ||
    fail "utimens of a new file: $(stat -c %y mnt/b/made)"
done_by cp -p store/data.mdb mnt/b/copy
[ "$(stat -c %Y mnt/b/copy)" = "$(stat -c %Y store/data.mdb)" ] || fail "cp -p keeps no time"

# Modes and owners: what is so already may be set.
mode=$(stat -c %a mnt/b/key1)
done_by chmod "$mode" mnt/b/key1
done_by chown "$(id -u):$(id -g)" mnt/b/key1
refuses EPERM chmod 4711 mnt/b/key1
refuses EPERM chown 12345 mnt/b/key1
refuses EPERM chgrp 12345 mnt/b
logged EPERM
[ "$(stat -c %a mnt/b/key1)" = "$mode" ] || fail "the mode is $(stat -c %a mnt/b/key1)"
refuses EPERM ln -s target mnt/b/symbolic
refuses EPERM ln mnt/b/key1 mnt/b/hard
refuses EPERM mkfifo mnt/b/fifo
refuses EPERM mknod mnt/b/device c 1 3
refuses EOPNOTSUPP setfattr -n user.x -v y mnt/b/key1
[ -z "$(getfattr -d mnt/b/key1 2>/dev/null)" ] || fail "attributes: $(getfattr -d mnt/b/key1)"
lists mnt/b copy key1 key2 key3 made

# statfs: something is used, and there is room to grow.
read -r blocks free used < <(stat -fc '%b %f %s' mnt)
[ "$blocks" -gt "$free" ] && [ "$free" -gt 0 ] || fail "df: $blocks blocks of $used, $free free"
head -c 5000000 /dev/urandom >mnt/b/large
done_by sync mnt
[ $(((free - $(stat -fc %f mnt)) * used)) -gt 4000000 ] || fail "5 MB do not show in df"
df mnt | grep -q "$PWD/store" || fail "df does not name the store: $(df mnt)"

# As other FUSE file systems have them.
remount store uid=12,gid=34,fmask=0137,dmask=027
[ "$(stat -c '%u %g %a' mnt/b/key1)" = '12 34 640' ] || fail "$(stat -c '%u %g %a' mnt/b/key1)"
[ "$(stat -c '%u %g %a' mnt/b)" = '12 34 750' ] || fail "$(stat -c '%u %g %a' mnt/b)"
as_user() { setpriv --reuid="$1" --regid="$1" --clear-groups cat "$2"; }
(cd mnt && as_user 65534 b/key1) >output 2>&1 && fail "others may enter"
remount store umask=077,allow_other,uid=65534
(cd mnt && as_user 65534 b/key2) >output 2>&1 || fail "allow_other: $(cat output)"
(cd mnt && as_user 65533 b/key2) >output 2>&1 && fail "the modes are not enforced"
remount store quiet
done_by chmod 4711 mnt/b/key1
done_by chown 12345 mnt/b/key1
[ "$(stat -c %a mnt/b/key1)" = "$mode" ] || fail "quiet changes the mode to $(stat -c %a mnt/b/key1)"
unmount
finish

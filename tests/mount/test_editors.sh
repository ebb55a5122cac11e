# S9 S15 S22: vi, sed -i and whatever writes a temporary file and renames it.
. "$SRC/tests/mount/mount.sh"

tool put --create store b text 'first
second
'
mount_store store
edit() { vim.tiny -es -u NONE -N "$@" </dev/null >output 2>&1 || fail "vi: $(head -c 300 output)"; }
edit -c '1s/first/1st/' -c 'wq' mnt/b/text
holds mnt/b/text '1st
second
'
lists mnt/b text
for how in yes no auto; do
    edit -c "set backupcopy=$how backup backupdir=." -c "\$s/.*/by $how/" -c 'wq' mnt/b/text
    [ "$(tail -1 mnt/b/text)" = "by $how" ] || fail "vi, backupcopy=$how: $(cat mnt/b/text)"
done
(cd mnt/b && vim.tiny -es -u NONE -N -c 'r text' -c 'w new%41file' -c 'q!' x </dev/null) >/dev/null 2>&1
rm -f mnt/b/*~ mnt/b/new*
done_by sed -i 's/1st/one/' mnt/b/text
done_by sed -i.bak 's/by auto/two/' mnt/b/text
holds mnt/b/text.bak 'one
by auto
'
holds mnt/b/text 'one
two
'
lists mnt/b text text.bak
done_by perl -pi -e 's/two/2/' mnt/b/text
holds mnt/b/text 'one
2
'
printf 'whole\n' >mnt/b/.text.tmp
done_by mv mnt/b/.text.tmp mnt/b/text
sort -r -o mnt/b/sorted mnt/b/text.bak
done_by sort -o mnt/b/sorted mnt/b/sorted
holds mnt/b/sorted 'by auto
one
'
done_by patch -s mnt/b/sorted <<'END'
--- sorted
+++ sorted
@@ -1,2 +1,2 @@
-by auto
+by patch
 one
END
rm -f mnt/b/sorted.orig
printf 'a\n' | tee mnt/b/tee >/dev/null
printf 'b\n' | tee -a mnt/b/tee >/dev/null
done_by install -m 644 store/data.mdb mnt/b/installed
rm mnt/b/installed
unmount
[ "$("$KVTOOL" scan --keys store b | paste -sd' ')" = 'sorted tee text text.bak' ] ||
    fail "in the store: $("$KVTOOL" scan --keys store b | paste -sd' ')"
stored store b text 'whole
'
stored store b sorted 'by patch
one
'
stored store b tee 'a
b
'
finish

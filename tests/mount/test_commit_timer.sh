# S14: -o commit=SECONDS commits by the clock, never what is half-written; without it nothing does.
. "$SRC/tests/mount/mount.sh"

tool put --create store b key value
cp -r store other
mount_store store commit=1
mount_store other '' quiet
exec 5>mnt/b/half
printf half >&5
printf new >mnt/b/key
printf new >quiet/b/key
is_stored() { [ "$("$KVTOOL" get store b key)" = new ]; }
eventually 20 is_stored || fail "no commit within 20 seconds"
stored other b key value
absent store b half
exec 5>&-
is_whole() { [ "$("$KVTOOL" get store b half 2>/dev/null)" = half ]; }
eventually 20 is_whole || fail "no second commit within 20 seconds"
unmount
unmount quiet
finish

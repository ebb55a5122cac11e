# S5: integer keys are decimal numbers, listed by value, and can be written.
. "$SRC/tests/mount/mount.sh"
. "$SRC/tests/foreign/make_mdb_load.sh"

for size in 4 8; do
    make_integer store$size $size
    mount_store store$size
    lists mnt/numbers 0 1 9 10 255 256 65536 4294967295
    holds mnt/numbers/256 n256
    printf new >mnt/numbers/77
    done_by rm mnt/numbers/9
    lists mnt/numbers 0 1 10 77 255 256 65536 4294967295
    # Not how a number is spelled, or too large for the bucket.
    for name in 007 +7 7a -1 18446744073709551616; do
        refuses EINVAL touch "mnt/numbers/$name"
        refuses ENOENT cat "mnt/numbers/$name"
    done
    unmount
    mdb_dump -s numbers store$size | sed '1,/HEADER=END/d; /DATA=END/d; s/^ //' | paste - - >got
    for number in 0 1 10 77 255 256 65536 4294967295; do
        value=n$number
        [ $number -ne 77 ] || value=new
        printf '%s\t%s\n' "$(bytes_of $number $size)" "$(printf %s $value | od -An -tx1 | tr -d ' \n')"
    done >wanted
    same "integer keys of $size bytes" wanted got
done
finish

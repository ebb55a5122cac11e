# S11 S12: what the store cannot hold is refused by name, with the store's own limits.
. "$SRC/tests/mount/mount.sh"

tool put --create store b plain x
mount_store store
as() { printf "$1%.0s" $(seq 1 "$2"); }

# 255 bytes are one component, 256 are none.
done_by touch "mnt/b/$(as a 255)"
refuses ENAMETOOLONG touch "mnt/b/$(as a 256)"
refuses ENAMETOOLONG touch "mnt/b/$(as a 1000)"
refuses ENAMETOOLONG mkdir "mnt/$(as a 256)"

# Longer keys lie in directories of long names, which exist while keys are in them.
for size in 256 400 511; do
    {
        printf 'VERSION=3\nformat=print\ntype=btree\nHEADER=END\n %s\n x\nDATA=END\n' "$(as k $size)"
    } | tool load --create "spelled$size"
    name=$(tool scan --keys "spelled$size")
    mkdir -p "mnt/b/$(dirname "$name")" || fail "the directories of $size bytes"
    printf 'key of %d' $size >"mnt/b/$name" || fail "a key of $size bytes"
    holds "mnt/b/$name" "key of $size"
done
name=$(tool scan --keys spelled511)
# One byte more than LMDB's limit, in the same directory.
refuses ENAMETOOLONG touch "mnt/b/${name}k"
logged ENAMETOOLONG
# So are they in the root.
tool scan --keys spelled400 >name
mkdir -p "mnt/$(dirname "$(cat name)")" && printf root >"mnt/$(cat name)" || fail "a long name in the root"
# Directories of long names are removed when they are empty only.
refuses ENOTEMPTY rmdir "mnt/b/${name%%/*}"
unmount
sizes=$(tool scan --keys --format hex store b | awk '{ print length($0) / 2 }' | sort -n | paste -sd' ')
[ "$sizes" = '5 255 256 400 511' ] || fail "keys of sizes $sizes"
[ "$(tool scan --keys --format hex store | awk '{ print length($0) / 2 }')" = 400 ] || fail "the long name in the root"

mount_store store
done_by rm "mnt/b/$name"
done_by rm -r "mnt/b/${name%%/*}"
lists mnt/b "$(as a 255)" plain
# Where no key of that name can be, there is no directory of long names.
refuses EINVAL mkdir mnt/b/short%+

# Sizes that no value can have.
refuses EFBIG truncate -s 100G mnt/b/plain
refuses EFBIG dd if=/dev/zero of=mnt/b/plain bs=1 count=1 seek=5000000000000 conv=notrunc
holds mnt/b/plain x
refuses EFBIG fallocate -l 6G mnt/b/plain
logged EFBIG
done_by sync mnt
unmount
stored store b plain x
finish

# Reads C sources and reports each #include that does not point down. Give it paths relative to the root of the tree.
# Floors, lowest first: base; iter, tablet, rpc; core, backend/NAME, layer; session, server, what lies in kvcore/ itself;
# tools and fs. The public headers are kvcore/*.h; those of values only (no verbs) belong to every floor.

function allowed_of(file,    room, values, below) {
    values = "^kvcore/(slice|status|kind|name)\\.h$"
    below = values "|^kvcore/base/"
    room = file
    sub(/\/[^\/]*$/, "", room)
    if (room ~ /^fs(\/|$)/) return "^kvcore/[^/]+\\.h$|^fs/"
    if (room ~ /^kvcore\/tools(\/|$)/) return "^kvcore/[^/]+\\.h$|^kvcore/tools/"
    if (room == "kvcore" && file ~ /\.h$/) return "^kvcore/[^/]+\\.h$"
    if (room == "kvcore" || room ~ /^kvcore\/(session|server|registry)$/) return "^kvcore/[^/]+\\.h$|^kvcore/[^t]|^kvcore/tablet/"
    if (room == "kvcore/base") return below
    if (room ~ /^kvcore\/(iter|rpc)$/) return below "|^" room "/"
    if (room == "kvcore/tablet") return below "|^kvcore/(iter|tablet)/"
    below = below "|^kvcore/(iter|tablet|rpc)/"
    if (room == "kvcore/core") return below "|^kvcore/core/|^kvcore/[^/]+\\.h$"
    if (room == "kvcore/layer" || room ~ /^kvcore\/backend\/[^\/]+$/)
        return below "|^" room "/|^kvcore/core/spi\\.h$|^kvcore/store\\.h$"
    return "no such room"
}

# Where the header of another project may be included; "" for libc's.
function only_in(header) {
    if (header == "lmdb.h") return "^kvcore/backend/lmdb/"
    if (header == "xxhash.h") return "^(kvcore/base|fs)/"
    if (header ~ /^(fuse3\/)?fuse.*\.h$/) return "^fs/"
    if (header ~ /^(snappy-c|libdeflate)\.h$/) return "^kvcore/(base|tablet)/"
    if (header ~ /^(nghttp2|protobuf-c|openssl)\//) return "^kvcore/rpc/"
    return ""
}

function report(what) {
    printf "%s:%d: %s\n", FILENAME, FNR, what
    bad = 1
}

FNR == 1 { allowed = allowed_of(FILENAME) }

/^[ \t]*#[ \t]*include[ \t]*"/ {
    split($0, part, "\"")
    if (part[2] !~ allowed) report("may not include \"" part[2] "\"")
}

/^[ \t]*#[ \t]*include[ \t]*</ {
    header = $0
    sub(/^[^<]*</, "", header)
    sub(/>.*/, "", header)
    rooms = only_in(header)
    if (rooms != "" && FILENAME !~ rooms) report("may not include <" header ">")
    if (header ~ /^(kvcore|fs)\//) report("our own headers are included with quotes")
}

END { exit bad }

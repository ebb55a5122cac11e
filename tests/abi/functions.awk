# Reports functions of more than 60 lines. Functions are what clang-format leaves with both braces in column one.
FNR == 1 { start = 0 }
/^\{$/ { start = FNR }
/^\}/ {
    if (start && FNR - start - 1 > 60) {
        printf "%s:%d: a function of %d lines (60 at most)\n", FILENAME, start, FNR - start - 1
        bad = 1
    }
    start = 0
}
END { exit bad }

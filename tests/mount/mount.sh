# What a test of the mount has beside expect.sh: mounting, unmounting, crashing, and what must then be so. Sourced
# first.
#
# A store is mounted on ./mnt unless another directory is said. Its daemon stays in the foreground, so that a
# sanitizer's report and the exit status reach the test; its log is ./MNT.log. Each test unmounts what it mounted.
. "$SRC/tests/tool/expect.sh"
clients=$BUILD/tests/mount
declare -A daemons

# What fails in a pipeline or another subshell counts too.
failed=$PWD/failed
fail() {
    echo "FAILED: $*"
    echo . >>"$failed"
} >&3
exec 3>&1

finish() {
    [ ! -e "$failed" ] || echo "$(wc -l <"$failed") failures"
    [ ! -e "$failed" ]
    exit
}

# Nothing ever comes here: reading it with a time limit is how `eventually` waits between two looks.
exec {never}<> <(:)

# eventually SECONDS COMMAND...: waits until COMMAND is true.
eventually() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ $SECONDS -lt $end ] || return 1
        read -rt 0.02 -u "$never"
    done
    return 0
}

# start_daemon MNT OPTIONS STORE: starts it and waits until it serves. Its status when it ended instead.
start_daemon() {
    local mnt=$1 options=$2 store=$3
    # A shell starts what runs in the background with SIGINT ignored.
    env --default-signal=INT,QUIT "$KVFS" -f ${options:+-o "$options"} "$store" "$mnt" >>"$mnt.log" 2>&1 &
    daemons[$mnt]=$!
    "$clients/await_mount" "$PWD/$mnt" ${daemons[$mnt]} 20 && return
    if [ $? -eq 2 ]; then
        kill -9 ${daemons[$mnt]}
        echo "does not serve after 20 seconds" >>"$mnt.log"
    fi
    wait ${daemons[$mnt]}
    local status=$?
    unset "daemons[$mnt]"
    return $status
}

# mount_store STORE [OPTIONS [MNT]]: mounts, or the test is over.
mount_store() {
    local mnt=${3-mnt}
    mkdir "$mnt" 2>/dev/null
    start_daemon "$mnt" "${2-}" "$1" && return
    echo "FAILED: mounting $1 on $mnt with options '${2-}': status $?"
    cat "$mnt.log"
    exit 1
}

# daemon_ends STATUS [MNT]: waits for the end of the daemon, which must be with STATUS.
daemon_ends() {
    local mnt=${2-mnt} status
    timeout 60 tail --pid="${daemons[$mnt]}" -s 0.02 -f /dev/null || fail "the daemon of $mnt does not end"
    wait "${daemons[$mnt]}"
    status=$?
    [ $status -eq "$1" ] || fail "the daemon of $mnt ended with status $status, not $1: $(tail -5 "$mnt.log")"
    unset "daemons[$mnt]"
}

# unmount [MNT]: commits and unmounts as a user does; the daemon ends well.
unmount() {
    local mnt=${1-mnt}
    if ! "$KVFS" -u "$mnt" 2>err; then
        fail "kvfs -u $mnt: $(cat err) $(tail -3 "$mnt.log")"
        "$KVFS" -u --discard "$mnt"
    fi
    daemon_ends 0 "$mnt"
    ! mountpoint -q "$mnt" || fail "$mnt is still mounted"
}

# remount STORE [OPTIONS [MNT]]
remount() {
    unmount "${3-mnt}"
    mount_store "$@"
}

# crash [MNT]: the daemon is killed, and leaves a dead mount.
crash() {
    local mnt=${1-mnt}
    kill -9 "${daemons[$mnt]}"
    wait "${daemons[$mnt]}" 2>/dev/null
    unset "daemons[$mnt]"
}

# refuses ERRNO COMMAND...: it fails and says the error's text.
refuses() {
    local name=$1 text
    shift
    case $name in
    EPERM) text='Operation not permitted' ;;
    ENOENT) text='No such file or directory' ;;
    EACCES) text='Permission denied' ;;
    EBUSY) text='Device or resource busy' ;;
    EEXIST) text='File exists' ;;
    EXDEV) text='Invalid cross-device link' ;;
    ENOTDIR) text='Not a directory' ;;
    EISDIR) text='Is a directory' ;;
    EINVAL) text='Invalid argument' ;;
    EFBIG) text='File too large' ;;
    ENOSPC) text='No space left on device' ;;
    EROFS) text='Read-only file system' ;;
    ENAMETOOLONG) text='File name too long' ;;
    ENOTEMPTY) text='Directory not empty' ;;
    EOPNOTSUPP) text='Operation not supported' ;;
    ETIMEDOUT) text='Connection timed out' ;;
    *) fail "refuses knows no $name" && return ;;
    esac
    if "$@" >refused 2>&1; then
        fail "was not refused with $name: $*"
    elif ! grep -qF "$text" refused; then
        fail "not $name for $*: $(head -c 300 refused)"
    fi
}

# done_by COMMAND...: it succeeds.
done_by() {
    "$@" >output 2>&1 || fail "status $?: $* ($(head -c 300 output))"
}

# fails COMMAND...: its status tells a failure, and it says something on stderr.
fails() {
    "$@" >out 2>err
    local status=$?
    [ $status -gt 0 ] && [ $status -lt 126 ] || fail "status $status: $*"
    [ -s err ] || fail "failed silently: $*"
}

# holds FILE TEXT: the file is TEXT, without a newline at its end.
holds() {
    printf %s "$2" | cmp -s - "$1" || fail "$1 is '$(head -c 100 "$1" 2>&1)', not '$2'"
}

# stored STORE BUCKET KEY TEXT: others see this value in the store.
stored() {
    "$KVTOOL" get -- "$1" "$2" "$3" >value 2>&1 || fail "$2 $3 is not in $1: $(cat value)"
    printf %s "$4" | cmp -s - value || fail "$2 $3 in $1 is '$(head -c 100 value)', not '$4'"
}

# absent STORE BUCKET KEY: others see no such pair in the store.
absent() {
    "$KVTOOL" get -- "$1" "$2" "$3" >value 2>&1
    [ $? -eq 1 ] || fail "$2 $3 is in $1: $(head -c 100 value)"
}

# logged TEXT [MNT]: the daemon has logged it.
logged() {
    grep -qF -- "$1" "${2-mnt}.log" || fail "not logged: '$1', but: $(tail -3 "${2-mnt}.log")"
}

# names DIR: its names in the order in which the mount lists them.
names() {
    ls -fU -- "$1" | grep -vxF -e . -e ..
}

# lists DIR NAME...: these are its names, in this order.
lists() {
    local directory=$1
    shift
    names "$directory" >listed
    printf "${1+%s\n}" "$@" | cmp -s - listed || fail "$directory lists '$(paste -sd' ' listed)', not '$*'"
}

# dump STORE: everything in it, as text that two equal stores share.
dump() {
    "$KVTOOL" dump --all "$1" | grep -vE '^(mapsize|maxreaders|db_pagesize)=' || fail "dump of $1"
}

# same_stores A B: they hold the same pairs in the same buckets of the same kinds.
same_stores() {
    dump "$1" >dump.a
    dump "$2" >dump.b
    same "the stores $1 and $2" dump.a dump.b
}

# memory_of MNT: kilobytes of memory that are the daemon's own, without pages of files.
memory_of() {
    awk '/^RssAnon:/ { print $2 }' "/proc/${daemons[$1]}/status"
}

# other_process VERB STORE...: another program at work in the store; returns when it is. One at a time.
other_process() {
    local word
    coproc OTHER { exec "$clients/other_process" "$@"; }
    other=$OTHER_PID
    # The shell's own names for the two ends vanish when the program ends.
    exec {other_in}>&"${OTHER[1]}"
    read -r word <&"${OTHER[0]}" || fail "other_process $*"
}

# let_go: it ends.
let_go() {
    echo >&"$other_in"
    wait "$other" || fail "the other process ended with status $?"
    exec {other_in}>&-
}

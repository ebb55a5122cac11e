#include "fs/ops.h"

#include <unistd.h>

#include "fs/log.h"

enum { WRITE_MAX = 1 << 20, BACKGROUND_MAX = 65535 };

static void choose(struct fuse_conn_info *connection, unsigned capability, bool is_wanted)
{
    if (is_wanted && (connection->capable & capability)) {
        connection->want |= capability;
    } else {
        connection->want &= ~capability;
    }
}

/* What the measurements decided; and what the page cache needs: all that a node shows is one state at a time, so the
 * kernel need not ask for attributes before each read. */
static void init(void *userdata, struct fuse_conn_info *connection)
{
    struct kvfs_daemon *daemon = userdata;
    choose(connection, FUSE_CAP_SPLICE_READ, false);
    choose(connection, FUSE_CAP_SPLICE_WRITE, false);
    choose(connection, FUSE_CAP_SPLICE_MOVE, false);
    choose(connection, FUSE_CAP_WRITEBACK_CACHE, false);
    choose(connection, FUSE_CAP_READDIRPLUS, true);
    choose(connection, FUSE_CAP_READDIRPLUS_AUTO, true);
    choose(connection, FUSE_CAP_ATOMIC_O_TRUNC, true);
    choose(connection, FUSE_CAP_PARALLEL_DIROPS, true);
    choose(connection, FUSE_CAP_IOCTL_DIR, true);
    choose(connection, FUSE_CAP_EXPLICIT_INVAL_DATA, true);
    choose(connection, FUSE_CAP_AUTO_INVAL_DATA, !(connection->capable & FUSE_CAP_EXPLICIT_INVAL_DATA));
    connection->max_write = WRITE_MAX;
    connection->max_readahead = WRITE_MAX;
    /* Releases wait behind this number, and commits for them (S15). */
    connection->max_background = BACKGROUND_MAX;
    connection->congestion_threshold = BACKGROUND_MAX;
    char ready = kvfs_view_is_read_only(daemon->view) ? KVFS_READY_READ_ONLY : KVFS_READY;
    if (daemon->ready_fd >= 0 && write(daemon->ready_fd, &ready, 1) < 0) {
        kvfs_log_warning("who started the mount has gone");
    }
    if (daemon->ready_fd >= 0) {
        close(daemon->ready_fd);
        daemon->ready_fd = -1;
    }
}

void kvfs_ops_fill(struct fuse_lowlevel_ops *ops)
{
    ops->init = init;
    kvfs_ops_fill_nodes(ops);
    kvfs_ops_fill_files(ops);
    kvfs_ops_fill_directories(ops);
    kvfs_ops_fill_tree(ops);
}

#include "fs/extra.h"

#include <stdlib.h>
#include <string.h>

#include "fs/node.h"

void kvfs_extras_done(struct kvfs_extras *extras)
{
    free(extras->nodes);
    *extras = (struct kvfs_extras){0};
}

int kvfs_extra_rank(const struct kvfs_node *node)
{
    return node->kind == KVFS_PART ? KVFS_RANK_PART : node->kind == KVFS_BUCKET ? KVFS_RANK_BUCKET : KVFS_RANK_PAIR;
}

int kvfs_extra_compare(kv_kind kind, kv_slice a, int a_rank, kv_slice b, int b_rank)
{
    int order = kv_key_compare(kind, a, b);
    return order ? order : a_rank - b_rank;
}

static int compare(const struct kvfs_extras *extras, const struct kvfs_node *a, const struct kvfs_node *b)
{
    if (a->is_draft || b->is_draft) {
        return a->is_draft && b->is_draft ? strcmp(a->name, b->name) : b->is_draft - a->is_draft;
    }
    return kvfs_extra_compare(extras->kind, a->key, kvfs_extra_rank(a), b->key, kvfs_extra_rank(b));
}

/* The index of the first that is not before `node`. */
static size_t find_place(const struct kvfs_extras *extras, const struct kvfs_node *node)
{
    size_t low = 0;
    size_t high = extras->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(extras, extras->nodes[middle], node) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static int insert(struct kvfs_extras *extras, struct kvfs_node *node, kv_kind kind)
{
    if (extras->count == extras->capacity) {
        size_t capacity = extras->capacity ? extras->capacity * 2 : 8;
        struct kvfs_node **nodes = reallocarray(extras->nodes, capacity, sizeof(struct kvfs_node *));
        if (!nodes) {
            return KV_ERR_NO_MEMORY;
        }
        extras->nodes = nodes;
        extras->capacity = capacity;
    }
    extras->kind = kind;
    size_t at = find_place(extras, node);
    memmove(&extras->nodes[at + 1], &extras->nodes[at], (extras->count - at) * sizeof(struct kvfs_node *));
    extras->nodes[at] = kvfs_node_ref(node);
    extras->count++;
    extras->draft_count += node->is_draft;
    atomic_store(&node->is_extra, true);
    return KV_OK;
}

int kvfs_extra_add(struct kvfs_node *node, kv_kind kind)
{
    int status = KV_OK;
    pthread_mutex_lock(&node->view->extras);
    if (!atomic_load(&node->is_extra)) {
        status = insert(&node->parent->extras, node, kind);
    }
    pthread_mutex_unlock(&node->view->extras);
    return status;
}

void kvfs_extra_remove(struct kvfs_node *node)
{
    struct kvfs_extras *extras = &node->parent->extras;
    bool is_found = false;
    pthread_mutex_lock(&node->view->extras);
    if (atomic_load(&node->is_extra)) {
        size_t at = find_place(extras, node);
        /* The order is the bucket's, which somebody may have made anew with another one since. */
        if (at >= extras->count || extras->nodes[at] != node) {
            at = 0;
            while (extras->nodes[at] != node) {
                at++;
            }
        }
        memmove(&extras->nodes[at], &extras->nodes[at + 1], (extras->count - at - 1) * sizeof(struct kvfs_node *));
        extras->count--;
        extras->draft_count -= node->is_draft;
        atomic_store(&node->is_extra, false);
        is_found = true;
    }
    pthread_mutex_unlock(&node->view->extras);
    if (is_found) {
        kvfs_node_drop(node, 1);
    }
}

#include "fs/node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "fs/file.h"

enum { SHARDS = 64, FIRST_SLOTS = 64, MOVED_SLOTS = 8192, ROOT_NUMBER = 1 };

struct shard {
    pthread_mutex_t lock;
    struct kvfs_node **slots;
    size_t slot_count, node_count;
};

struct kvfs_table {
    struct shard shards[SHARDS];
    struct kvfs_node *root;
    struct kvfs_node *nameless; /* alive and not in a shard */
    pthread_mutex_t nameless_lock;
    /* Nodes that show another number than their hash, because they were renamed, by that number. A copy by rsync renames
     * every file, and the kernel remembers them all. */
    pthread_mutex_t moved_lock;
    atomic_size_t moved_count;
    struct kvfs_node *moved[MOVED_SLOTS];
};

static struct kvfs_node **moved_slot(struct kvfs_table *table, uint64_t number)
{
    return &table->moved[number & (MOVED_SLOTS - 1)];
}

static struct shard *shard_of(struct kvfs_table *table, uint64_t hash)
{
    return &table->shards[hash >> 58];
}

uint64_t kvfs_node_hash(const struct kvfs_node *parent, const char *name)
{
    uint64_t hash = XXH3_64bits_withSeed(name, strlen(name), parent->hash);
    return hash > ROOT_NUMBER ? hash : hash + 2;
}

/* Lays out name, path and key in one block. */
static int set_identity(struct kvfs_node *node, const struct kvfs_identity *identity)
{
    const char *path = identity->path ? identity->path : "";
    size_t name_size = strlen(identity->name) + 1;
    size_t path_size = strlen(path) + 1;
    char *text = malloc(name_size + path_size + identity->key.size + 1);
    if (!text) {
        return KV_ERR_NO_MEMORY;
    }
    char *key = text + name_size + path_size;
    memcpy(text, identity->name, name_size);
    memcpy(text + name_size, path, path_size);
    if (identity->key.size > 0) {
        memcpy(key, identity->key.data, identity->key.size);
    }
    key[identity->key.size] = '\0'; /* so that a bucket's name is a string */
    free(node->name);
    node->name = text;
    node->path = text + name_size;
    node->key = kv_slice_of(key, identity->key.size);
    node->kind = identity->kind;
    node->is_draft = identity->is_draft;
    return KV_OK;
}

static struct kvfs_node *new_node(struct kvfs_view *view, const struct kvfs_identity *identity)
{
    struct kvfs_node *node = calloc(1, sizeof *node);
    if (!node || set_identity(node, identity) < 0) {
        free(node);
        return NULL;
    }
    node->view = view;
    atomic_init(&node->refs, 1);
    return node;
}

static void free_node(struct kvfs_node *node)
{
    kvfs_extras_done(&node->extras);
    kvfs_file_free(node->file);
    free(node->name);
    free(node);
}

int kvfs_table_new(struct kvfs_view *view, struct kvfs_table **ret_table, struct kvfs_node **ret_root)
{
    struct kvfs_table *table = calloc(1, sizeof *table);
    struct kvfs_node *root = new_node(view, &(struct kvfs_identity){.name = "", .kind = KVFS_ROOT});
    if (!table || !root) {
        free(table);
        if (root) {
            free_node(root);
        }
        return KV_ERR_NO_MEMORY;
    }
    for (int i = 0; i < SHARDS; i++) {
        pthread_mutex_init(&table->shards[i].lock, NULL);
    }
    pthread_mutex_init(&table->moved_lock, NULL);
    pthread_mutex_init(&table->nameless_lock, NULL);
    root->hash = ROOT_NUMBER;
    root->number = ROOT_NUMBER;
    atomic_store(&root->is_linked, true);
    table->root = root;
    *ret_table = table;
    *ret_root = root;
    return KV_OK;
}

static void free_chain(struct kvfs_node *node)
{
    while (node) {
        struct kvfs_node *next = node->chain;
        free_node(node);
        node = next;
    }
}

void kvfs_table_free(struct kvfs_table *table)
{
    if (!table) {
        return;
    }
    for (int i = 0; i < SHARDS; i++) {
        struct shard *shard = &table->shards[i];
        for (size_t slot = 0; slot < shard->slot_count; slot++) {
            free_chain(shard->slots[slot]);
        }
        free(shard->slots);
        pthread_mutex_destroy(&shard->lock);
    }
    /* After an unmount the kernel need not have said that it forgot these. */
    free_chain(table->nameless);
    free_node(table->root);
    pthread_mutex_destroy(&table->nameless_lock);
    pthread_mutex_destroy(&table->moved_lock);
    free(table);
}

static struct kvfs_node **find_place(struct shard *shard, const struct kvfs_node *parent, uint64_t hash,
                                     const char *name)
{
    struct kvfs_node **at = &shard->slots[hash & (shard->slot_count - 1)];
    while (*at && !((*at)->hash == hash && (*at)->parent == parent && strcmp((*at)->name, name) == 0)) {
        at = &(*at)->chain;
    }
    return at;
}

/* Doubles the slots when there are more nodes than slots. Out of memory leaves the chains longer. */
static int grow(struct shard *shard)
{
    if (shard->slot_count > shard->node_count) {
        return KV_OK;
    }
    size_t count = shard->slot_count ? shard->slot_count * 2 : FIRST_SLOTS;
    struct kvfs_node **slots = calloc(count, sizeof(struct kvfs_node *));
    if (!slots) {
        return shard->slot_count ? KV_OK : KV_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < shard->slot_count; i++) {
        struct kvfs_node *next;
        for (struct kvfs_node *node = shard->slots[i]; node; node = next) {
            next = node->chain;
            struct kvfs_node **slot = &slots[node->hash & (count - 1)];
            node->chain = *slot;
            *slot = node;
        }
    }
    free(shard->slots);
    shard->slots = slots;
    shard->slot_count = count;
    return KV_OK;
}

struct kvfs_node *kvfs_node_find(struct kvfs_node *parent, const char *name)
{
    uint64_t hash = kvfs_node_hash(parent, name);
    struct shard *shard = shard_of(parent->view->table, hash);
    struct kvfs_node *node = NULL;
    pthread_mutex_lock(&shard->lock);
    if (shard->slot_count > 0) {
        node = *find_place(shard, parent, hash, name);
    }
    if (node) {
        atomic_fetch_add(&node->refs, 1);
    }
    pthread_mutex_unlock(&shard->lock);
    return node;
}

static bool is_taken(struct kvfs_table *table, struct kvfs_node *const *chain, uint64_t number)
{
    bool is_found = false;
    for (const struct kvfs_node *node = *chain; node && !is_found; node = node->chain) {
        is_found = node->number == number;
    }
    if (atomic_load(&table->moved_count) > 0) {
        pthread_mutex_lock(&table->moved_lock);
        for (const struct kvfs_node *node = *moved_slot(table, number); node && !is_found; node = node->next_moved) {
            is_found = node->number == number;
        }
        pthread_mutex_unlock(&table->moved_lock);
    }
    return is_found;
}

static void remember_moved(struct kvfs_table *table, struct kvfs_node *node)
{
    struct kvfs_node **slot = moved_slot(table, node->number);
    pthread_mutex_lock(&table->moved_lock);
    node->next_moved = *slot;
    *slot = node;
    atomic_fetch_add(&table->moved_count, 1);
    pthread_mutex_unlock(&table->moved_lock);
}

static void forget_moved(struct kvfs_table *table, const struct kvfs_node *node)
{
    struct kvfs_node **at = moved_slot(table, node->number);
    pthread_mutex_lock(&table->moved_lock);
    while (*at && *at != node) {
        at = &(*at)->next_moved;
    }
    if (*at) {
        *at = node->next_moved;
        atomic_fetch_sub(&table->moved_count, 1);
    }
    pthread_mutex_unlock(&table->moved_lock);
}

/* Puts a node into its shard, whose lock is held. A number is chosen when the node has none: its hash, unless a
 * file that lives shows that one. */
static int insert(struct kvfs_table *table, struct shard *shard, struct kvfs_node *node)
{
    int status = grow(shard);
    if (status < 0) {
        return status;
    }
    struct kvfs_node **slot = &shard->slots[node->hash & (shard->slot_count - 1)];
    if (node->number == 0) {
        uint64_t number = node->hash;
        while (number <= ROOT_NUMBER || is_taken(table, slot, number)) {
            number = XXH3_64bits(&number, sizeof number);
        }
        node->number = number;
        if (number != node->hash) {
            remember_moved(table, node);
        }
    }
    node->chain = *slot;
    *slot = node;
    shard->node_count++;
    atomic_store(&node->is_linked, true);
    return KV_OK;
}

/* Takes a node out of its shard, whose lock is held. */
static void take_out(struct shard *shard, struct kvfs_node *node)
{
    if (!atomic_load(&node->is_linked)) {
        return;
    }
    struct kvfs_node **at = &shard->slots[node->hash & (shard->slot_count - 1)];
    while (*at != node) {
        at = &(*at)->chain;
    }
    *at = node->chain;
    node->chain = NULL;
    shard->node_count--;
    atomic_store(&node->is_linked, false);
}

static void add_nameless(struct kvfs_table *table, struct kvfs_node *node)
{
    pthread_mutex_lock(&table->nameless_lock);
    node->before = NULL;
    node->chain = table->nameless;
    if (node->chain) {
        node->chain->before = node;
    }
    table->nameless = node;
    pthread_mutex_unlock(&table->nameless_lock);
}

static void remove_nameless(struct kvfs_table *table, struct kvfs_node *node)
{
    pthread_mutex_lock(&table->nameless_lock);
    if (node->chain) {
        node->chain->before = node->before;
    }
    if (node->before) {
        node->before->chain = node->chain;
    } else {
        table->nameless = node->chain;
    }
    pthread_mutex_unlock(&table->nameless_lock);
}

int kvfs_node_take(struct kvfs_node *parent, const struct kvfs_identity *identity, struct kvfs_node **ret_node)
{
    struct kvfs_table *table = parent->view->table;
    uint64_t hash = kvfs_node_hash(parent, identity->name);
    struct shard *shard = shard_of(table, hash);
    int status = KV_OK;
    pthread_mutex_lock(&shard->lock);
    struct kvfs_node *node = shard->slot_count > 0 ? *find_place(shard, parent, hash, identity->name) : NULL;
    if (node && node->kind != identity->kind) {
        take_out(shard, node);
        add_nameless(table, node);
        node = NULL;
    }
    if (node) {
        atomic_fetch_add(&node->refs, 1);
    } else {
        node = new_node(parent->view, identity);
        status = node ? KV_OK : KV_ERR_NO_MEMORY;
        if (node) {
            node->parent = parent;
            node->hash = hash;
            status = insert(table, shard, node);
        }
        if (status == KV_OK) {
            kvfs_node_ref(parent);
        } else if (node) {
            free_node(node);
        }
    }
    pthread_mutex_unlock(&shard->lock);
    if (status == KV_OK) {
        *ret_node = node;
    }
    return status;
}

struct kvfs_node *kvfs_node_ref(struct kvfs_node *node)
{
    atomic_fetch_add(&node->refs, 1);
    return node;
}

void kvfs_node_drop(struct kvfs_node *node, uint64_t count)
{
    while (node && node->parent) {
        uint64_t refs = atomic_load(&node->refs);
        while (refs > count && !atomic_compare_exchange_weak(&node->refs, &refs, refs - count)) {}
        if (refs > count) {
            return;
        }
        /* The last one: under the shard's lock, so that nobody finds the node meanwhile. */
        struct kvfs_table *table = node->view->table;
        struct shard *shard = shard_of(table, node->hash);
        pthread_mutex_lock(&shard->lock);
        bool is_last = atomic_fetch_sub(&node->refs, count) == count;
        if (is_last && atomic_load(&node->is_linked)) {
            take_out(shard, node);
        } else if (is_last) {
            remove_nameless(table, node);
        }
        pthread_mutex_unlock(&shard->lock);
        if (!is_last) {
            return;
        }
        struct kvfs_node *parent = node->parent;
        if (node->number != node->hash) {
            forget_moved(table, node);
        }
        free_node(node);
        node = parent;
        count = 1;
    }
}

void kvfs_node_unlink(struct kvfs_node *node)
{
    struct shard *shard = shard_of(node->view->table, node->hash);
    pthread_mutex_lock(&shard->lock);
    if (atomic_load(&node->is_linked)) {
        take_out(shard, node);
        add_nameless(node->view->table, node);
    }
    pthread_mutex_unlock(&shard->lock);
}

int kvfs_node_rename(struct kvfs_node *node, struct kvfs_node *parent, const struct kvfs_identity *identity)
{
    struct kvfs_table *table = node->view->table;
    uint64_t hash = kvfs_node_hash(parent, identity->name);
    bool was_moved = node->number != node->hash;
    bool is_moved = node->number != hash;
    if (is_moved && !was_moved) {
        remember_moved(table, node);
    }
    struct kvfs_node *old = node->parent;
    kvfs_node_unlink(node);
    int status = set_identity(node, identity);
    if (status == KV_OK) {
        node->hash = hash;
        node->parent = kvfs_node_ref(parent);
    }
    struct shard *shard = shard_of(table, node->hash);
    remove_nameless(table, node);
    pthread_mutex_lock(&shard->lock);
    int inserted = insert(table, shard, node);
    pthread_mutex_unlock(&shard->lock);
    if (inserted < 0) {
        add_nameless(table, node);
    }
    if (status == KV_OK) {
        kvfs_node_drop(old, 1);
        if (was_moved && !is_moved) {
            forget_moved(table, node);
        }
    }
    return status < 0 ? status : inserted;
}

struct kvfs_node *kvfs_node_owner(struct kvfs_node *directory)
{
    while (directory->kind == KVFS_PART) {
        directory = directory->parent;
    }
    return directory;
}

void kvfs_node_path(const struct kvfs_node *node, const char *name, char *text, size_t size)
{
    if (!node->parent) {
        snprintf(text, size, "/%s", name ? name : "");
        return;
    }
    kvfs_node_path(node->parent, node->name, text, size);
    size_t length = strlen(text);
    if (name && length < size) {
        snprintf(text + length, size - length, "/%s", name);
    }
}

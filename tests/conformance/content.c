#include "tests/conformance/content.h"

enum { TEXT_MAX = 4096, PAIRS_MAX = 256 };

/* ---- reading what a store holds ---- */

static size_t append_pair(char *text, size_t used, kv_slice key, kv_slice value)
{
    int more = snprintf(text + used, TEXT_MAX - used, "%s%.*s=%.*s", used > 0 ? " " : "", (int)key.size,
                        (const char *)key.data, (int)value.size, (const char *)value.data);
    used += (size_t)more;
    assert_true(used < TEXT_MAX);
    return used;
}

static void print_pair(char *text, kv_slice key, kv_slice value)
{
    append_pair(text, 0, key, value);
}

/* Walks a fresh cursor to the end and writes what it gave; returns the number of pairs. */
static unsigned walk(kv_cursor *cursor, cursor_move *move, char *text)
{
    kv_slice key, value;
    size_t used = 0;
    unsigned count = 0;
    text[0] = '\0';
    while (move(cursor, &key, &value) == KV_OK) {
        used = append_pair(text, used, key, value);
        count++;
    }
    assert_status(move(cursor, &key, &value), KV_NOT_FOUND);
    return count;
}

static void reverse_pairs(const char *text, char *reversed)
{
    char copy[TEXT_MAX];
    size_t used = 0;
    snprintf(copy, sizeof copy, "%s", text);
    reversed[0] = '\0';
    for (char *space = strrchr(copy, ' '); copy[0] != '\0'; space = strrchr(copy, ' ')) {
        used +=
            (size_t)snprintf(reversed + used, TEXT_MAX - used, "%s%s", used > 0 ? " " : "", space ? space + 1 : copy);
        *(space ? space : copy) = '\0';
    }
}

static void compare_text(const char *is, const char *expected, const char *what, const char *file, int line)
{
    if (strcmp(is, expected) != 0) {
        print_error("%s is\n  \"%s\", not\n  \"%s\"\n", what, is, expected);
        _fail(file, line);
    }
}

void check_content(struct fixture *f, kv_txn *txn, const char *bucket, const char *text, const char *file, int line)
{
    char is[TEXT_MAX], reversed[TEXT_MAX];
    uint64_t counted = 0;

    kv_cursor *cursor = cursor_of(f, txn, bucket);
    unsigned count = walk(cursor, kv_cursor_next, is);
    compare_text(is, text, "forwards the content", file, line);
    kv_cursor_rewind(cursor);
    walk(cursor, kv_cursor_prev, is);
    close_cursor(f, cursor);
    reverse_pairs(text, reversed);
    compare_text(is, reversed, "backwards the content", file, line);
    int status = kv_txn_count(txn, bucket, &counted);
    if (status != KV_NOT_FOUND || count > 0) {
        check_status(status, KV_OK, "kv_txn_count", file, line);
    }
    if (counted != count) {
        print_error("count is %llu, not %u\n", (unsigned long long)counted, count);
        _fail(file, line);
    }
}

void check_committed(struct fixture *f, const char *bucket, const char *text, const char *file, int line)
{
    kv_txn *txn = begin_read(f);
    check_content(f, txn, bucket, text, file, line);
    give_up(f, txn);
}

void check_move(cursor_move *move, kv_cursor *cursor, const char *text, const char *call, const char *file, int line)
{
    char is[TEXT_MAX];
    kv_slice key, value;
    check_status(move(cursor, &key, &value), KV_OK, call, file, line);
    print_pair(is, key, value);
    compare_text(is, text, call, file, line);
    /* Outputs are optional everywhere; asking again must not move, which `current` can show. */
    check_status(kv_cursor_current(cursor, NULL, NULL), KV_OK, "kv_cursor_current", file, line);
}

void check_no_move(cursor_move *move, kv_cursor *cursor, int status, const char *call, const char *file, int line)
{
    const char mark = 'm';
    kv_slice key = V(mark), value = V(mark);
    check_status(move(cursor, &key, &value), status, call, file, line);
    if (key.data != &mark || key.size != 1 || value.data != &mark || value.size != 1) {
        print_error("%s wrote its outputs with %s\n", call, kv_status_name(status));
        _fail(file, line);
    }
}

void check_slice(kv_slice slice, kv_slice expected, const char *file, int line)
{
    if (!kv_slice_equal(slice, expected)) {
        print_error("the slice is \"%.*s\" of %zu, not \"%.*s\" of %zu\n", (int)slice.size, (const char *)slice.data,
                    slice.size, (int)expected.size, (const char *)expected.data, expected.size);
        _fail(file, line);
    }
}

void check_value(kv_txn *txn, const char *bucket, kv_slice key, const char *text, const char *file, int line)
{
    kv_slice value;
    check_status(kv_txn_get(txn, bucket, key, &value), KV_OK, "kv_txn_get", file, line);
    check_slice(value, T(text), file, line);
}

void check_seek(kv_cursor *cursor, kv_slice key, const char *text, const char *file, int line)
{
    char is[TEXT_MAX];
    kv_slice found, value;
    check_status(kv_cursor_seek(cursor, key, &found, &value), KV_OK, "kv_cursor_seek", file, line);
    print_pair(is, found, value);
    compare_text(is, text, "kv_cursor_seek", file, line);
}

/* ---- storing it ---- */

static size_t parse_pairs(char *text, struct pair *pairs)
{
    size_t count = 0;
    char *rest = NULL;
    for (char *word = strtok_r(text, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
        char *equals = strchr(word, '=');
        assert_non_null(equals);
        assert_true(count < PAIRS_MAX);
        pairs[count].key = kv_slice_of(word, (size_t)(equals - word));
        pairs[count].value = T(equals + 1);
        count++;
    }
    return count;
}

/* Where a pair of a row with a filled base goes. */
enum part {
    IN_SESSION = 1, /* the session alone has it */
    IN_BASE = 2,    /* the base alone has it */
    IN_BOTH = 3,    /* the session puts what the base has; in a plain bucket over another value */
    OVER_OTHER = 4  /* the session also removes a pair beside it that the base has */
};

static enum part part_of(unsigned number)
{
    return (enum part)(1 + (number * 2654435761u >> 13) % 4);
}

static bool is_textual(kv_kind kind)
{
    return (kind & (KV_INTEGER_KEY | KV_INTEGER_DUP)) == 0;
}

/* Gives a pair that no case uses and that sorts beside `pair`: its last byte is 0x02. */
static struct pair pair_beside(struct pair pair, bool is_dup, char *room)
{
    kv_slice *changed = is_dup ? &pair.value : &pair.key;
    if (changed->size == 0 || changed->size > 200) {
        return pair;
    }
    memcpy(room, changed->data, changed->size);
    room[changed->size - 1] = '\x02';
    changed->data = room;
    return pair;
}

static void put_base(kv_txn *txn, const char *bucket, kv_kind kind, const struct pair *pair, enum part part)
{
    char room[200];
    bool is_dup = (kind & KV_DUP_SORT) != 0;
    kv_slice value = part == IN_BOTH && !is_dup ? T("overwritten") : pair->value;
    assert_true(kv_txn_put(txn, bucket, pair->key, value) >= 0);
    if (part == OVER_OTHER && is_textual(kind)) {
        struct pair other = pair_beside(*pair, is_dup, room);
        assert_true(kv_txn_put(txn, bucket, other.key, other.value) >= 0);
    }
}

static void put_session(kv_txn *txn, const char *bucket, kv_kind kind, const struct pair *pair, enum part part)
{
    char room[200];
    bool is_dup = (kind & KV_DUP_SORT) != 0;
    if (part == OVER_OTHER && is_textual(kind)) {
        struct pair other = pair_beside(*pair, is_dup, room);
        if (!kv_slice_equal(other.key, pair->key) || !kv_slice_equal(other.value, pair->value)) {
            assert_true(kv_txn_delete_pair(txn, bucket, other.key, other.value) >= 0);
        }
    }
    assert_true(kv_txn_put(txn, bucket, pair->key, pair->value) >= 0);
}

static kv_txn *begin_on(kv_store *store, const char *bucket, kv_kind kind)
{
    kv_txn *txn = NULL;
    assert_status(kv_txn_begin(store, NULL, KV_TXN_WRITE, KV_FOREVER, &txn), KV_OK);
    if (bucket[0] != '\0') {
        assert_true(kv_bucket_create(txn, bucket, kind, NULL) >= 0);
    }
    return txn;
}

void fill_pairs(struct fixture *f, const char *bucket, kv_kind kind, const struct pair *pairs, size_t count)
{
    bool is_split = f->place.row->is_base_filled;
    assert_status(kv_kind_complete(kind, &kind), KV_OK);
    if (f->place.row->is_read_only) {
        fixture_reopen(f, 0);
    }
    if (is_split) {
        kv_txn *txn = begin_on(f->place.base, bucket, kind);
        for (size_t i = 0; i < count; i++) {
            enum part part = part_of(f->splits + (unsigned)i);
            if (part != IN_SESSION) {
                put_base(txn, bucket, kind, &pairs[i], part);
            }
        }
        assert_status(kv_txn_close(txn), KV_OK);
    }
    kv_txn *txn = begin_on(f->store, bucket, kind);
    for (size_t i = 0; i < count; i++) {
        enum part part = is_split ? part_of(f->splits + (unsigned)i) : IN_SESSION;
        if (part != IN_BASE) {
            put_session(txn, bucket, kind, &pairs[i], part);
        }
    }
    f->splits += (unsigned)count;
    assert_status(kv_txn_close(txn), KV_OK);
    if (f->place.row->is_read_only) {
        fixture_reopen(f, KV_OPEN_READ_ONLY);
    }
}

void fill(struct fixture *f, const char *bucket, kv_kind kind, const char *text)
{
    char copy[TEXT_MAX];
    struct pair pairs[PAIRS_MAX];
    assert_true(strlen(text) < sizeof copy);
    strcpy(copy, text);
    fill_pairs(f, bucket, kind, pairs, parse_pairs(copy, pairs));
}

/* The merge against a model: random sources, random moves with turns, of every kind of order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kvcore/base/order.h"
#include "kvcore/iter/merge.h"
#include "tests/unit/random.h"

#define SOURCES_MAX 5
#define ENTRIES_MAX 40

/* One byte of key, one of value: small alphabets make the sources overlap. Integer kinds are left to the conformance
 * suite; the orders here differ enough. */
struct pair {
    unsigned char key[2];
    unsigned char value;
    bool is_tombstone;
};

struct array_source {
    struct kvi_source source;
    kv_kind kind;
    struct pair pairs[ENTRIES_MAX];
    int count;
    int at;
    struct pair lent; /* what was given last: overwritten at the next move, as a source may do */
};

static kv_kind sorting_kind;

static kv_slice key_of(const struct pair *pair)
{
    return kv_slice_of(pair->key, 2);
}

static kv_slice value_of(const struct pair *pair)
{
    return kv_slice_of(&pair->value, 1);
}

static int compare_pairs(const void *a, const void *b)
{
    int order = kvi_key_compare(sorting_kind, key_of(a), key_of(b));
    if (order == 0 && (sorting_kind & KV_DUP_SORT))
        order = kvi_value_compare(sorting_kind, value_of(a), value_of(b));
    return order;
}

static int lower_bound(const struct array_source *source, kv_slice key, kv_slice value)
{
    int i = 0;
    for (; i < source->count; i++) {
        int order = kvi_key_compare(source->kind, key_of(&source->pairs[i]), key);
        if (order == 0 && (source->kind & KV_DUP_SORT))
            order = kvi_value_compare(source->kind, value_of(&source->pairs[i]), value);
        if (order >= 0)
            break;
    }
    return i;
}

static int move_array(struct kvi_source *base, enum kvi_source_move move, kv_slice key, kv_slice value,
                      struct kvi_entry *ret_entry)
{
    struct array_source *source = (struct array_source *)base;
    int at = 0;
    switch (move) {
    case KVI_SOURCE_FIRST:
        break;
    case KVI_SOURCE_LAST:
        at = source->count - 1;
        break;
    case KVI_SOURCE_NEXT:
        at = source->at + 1;
        break;
    case KVI_SOURCE_PREV:
        at = source->at - 1;
        break;
    case KVI_SOURCE_SEEK:
        at = lower_bound(source, key, value);
        break;
    default:
        while (at < source->count && kvi_key_compare(source->kind, key_of(&source->pairs[at]), key) <= 0)
            at++;
    }
    source->lent = (struct pair){{0xee, 0xee}, 0xee, false};
    if (at < 0 || at >= source->count)
        return KV_NOT_FOUND;
    source->at = at;
    source->lent = source->pairs[at];
    *ret_entry = (struct kvi_entry){key_of(&source->lent), value_of(&source->lent), source->lent.is_tombstone};
    return KV_OK;
}

static int remove_equals(struct pair *pairs, int count)
{
    int kept = 0;
    for (int i = 0; i < count; i++)
        if (kept == 0 || compare_pairs(&pairs[kept - 1], &pairs[i]) != 0)
            pairs[kept++] = pairs[i];
    return kept;
}

static void fill(struct random *random, struct array_source *source, kv_kind kind)
{
    source->source.move = move_array;
    source->kind = kind;
    source->count = (int)random_below(random, ENTRIES_MAX);
    for (int i = 0; i < source->count; i++)
        source->pairs[i] =
            (struct pair){{(unsigned char)random_below(random, 3), (unsigned char)random_below(random, 4)},
                          (unsigned char)random_below(random, 4),
                          random_below(random, 3) == 0};
    sorting_kind = kind;
    qsort(source->pairs, (size_t)source->count, sizeof *source->pairs, compare_pairs);
    source->count = remove_equals(source->pairs, source->count);
}

/* What the merge should give: from the oldest to the newest, each writes over what is there. */
static int expect(const struct array_source *sources, unsigned count, struct pair *all)
{
    int total = 0;
    for (unsigned s = 0; s < count; s++)
        for (int i = 0; i < sources[s].count; i++) {
            bool is_hidden = false;
            for (int k = 0; k < total && !is_hidden; k++)
                is_hidden = compare_pairs(&all[k], &sources[s].pairs[i]) == 0;
            if (!is_hidden)
                all[total++] = sources[s].pairs[i];
        }
    qsort(all, (size_t)total, sizeof *all, compare_pairs);
    int live = 0;
    for (int i = 0; i < total; i++)
        if (!all[i].is_tombstone)
            all[live++] = all[i];
    return live;
}

static void check(struct random *random, int status, const struct kvi_entry *entry, const struct pair *all, int at,
                  int count)
{
    bool is_there = at >= 0 && at < count;
    assert_in_step(random, status == (is_there ? KV_OK : KV_NOT_FOUND));
    if (!is_there)
        return;
    assert_in_step(random, kv_slice_equal(entry->key, key_of(&all[at])));
    assert_in_step(random, kv_slice_equal(entry->value, value_of(&all[at])));
    assert_in_step(random, !entry->is_tombstone);
}

static int seek_expected(const struct pair *all, int count, const struct pair *wanted, bool is_after)
{
    int at = 0;
    while (at < count && (is_after ? kvi_key_compare(sorting_kind, key_of(&all[at]), key_of(wanted)) <= 0
                                   : compare_pairs(&all[at], wanted) < 0))
        at++;
    return at;
}

/* One random move of the merge and of the model. Gives the place afterwards, or -1 for none. */
static int move_both(struct random *random, struct kvi_merge *merge, const struct pair *all, int count, int at)
{
    struct kvi_entry entry;
    const struct pair wanted = {{(unsigned char)random_below(random, 4), (unsigned char)random_below(random, 5)},
                                (unsigned char)random_below(random, 5),
                                false};
    size_t what = random_below(random, at < 0 ? 4 : 12);
    int to;
    switch (what) {
    case 0:
        to = 0;
        check(random, kvi_merge_first(merge, &entry), &entry, all, to, count);
        break;
    case 1:
        to = count - 1;
        check(random, kvi_merge_last(merge, &entry), &entry, all, to, count);
        break;
    case 2:
        to = seek_expected(all, count, &wanted, false);
        check(random, kvi_merge_seek(merge, key_of(&wanted), value_of(&wanted), &entry), &entry, all, to, count);
        break;
    case 3:
        to = seek_expected(all, count, &wanted, true);
        check(random, kvi_merge_seek_after(merge, key_of(&wanted), &entry), &entry, all, to, count);
        break;
    default:
        to = what & 1 ? at + 1 : at - 1;
        check(random, what & 1 ? kvi_merge_next(merge, &entry) : kvi_merge_prev(merge, &entry), &entry, all, to, count);
        if (to < 0 || to >= count)
            to = at; /* rests on the end */
        check(random, KV_OK, kvi_merge_current(merge), all, to, count);
    }
    return to >= 0 && to < count ? to : -1;
}

static void random_moves_give_what_the_model_gives(void **state)
{
    static const kv_kind kinds[] = {KV_PLAIN, KV_DUP_SORT, KV_REVERSE_KEY,
                                    KV_DUP_SORT | KV_REVERSE_KEY | KV_REVERSE_DUP};
    (void)state;
    uint64_t first = random_first_seed(), steps = random_steps(4000);
    for (uint64_t step = 0; step < steps; step++) {
        struct random random = random_of_seed(first + step);
        struct array_source sources[SOURCES_MAX];
        struct kvi_merge_head heads[SOURCES_MAX];
        struct pair all[SOURCES_MAX * ENTRIES_MAX];
        struct kvi_merge merge;
        kv_kind kind = kinds[random_below(&random, sizeof kinds / sizeof *kinds)];
        unsigned count = 1 + (unsigned)random_below(&random, SOURCES_MAX);
        for (unsigned i = 0; i < count; i++) {
            fill(&random, &sources[i], kind);
            heads[i].source = &sources[i].source;
        }
        int live = expect(sources, count, all);
        kvi_merge_init(&merge, kind, heads, count);
        for (int moves = 0, at = -1; moves < 60; moves++)
            at = move_both(&random, &merge, all, live, at);
    }
}

static int refuse(struct kvi_source *source, enum kvi_source_move move, kv_slice key, kv_slice value,
                  struct kvi_entry *ret_entry)
{
    (void)source, (void)move, (void)key, (void)value, (void)ret_entry;
    return KV_ERR_CORRUPT;
}

static void a_failing_source_fails_the_merge(void **state)
{
    (void)state;
    struct random random = random_of_seed(1);
    struct array_source good;
    struct kvi_source bad = {.move = refuse};
    struct kvi_merge_head heads[2] = {{.source = &good.source}, {.source = &bad}};
    struct kvi_merge merge;
    struct kvi_entry entry;
    fill(&random, &good, KV_PLAIN);
    kvi_merge_init(&merge, KV_PLAIN, heads, 2);
    assert_int_equal(kvi_merge_first(&merge, &entry), KV_ERR_CORRUPT);
    assert_int_equal(kvi_merge_last(&merge, &entry), KV_ERR_CORRUPT);
    assert_int_equal(kvi_merge_seek(&merge, kv_slice_text("a"), kv_slice_text(""), &entry), KV_ERR_CORRUPT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_moves_give_what_the_model_gives),
        cmocka_unit_test(a_failing_source_fails_the_merge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

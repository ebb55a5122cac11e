/*
 * Content of buckets as text: "a=1 b= b=2" is the pairs (a,1), (b,empty), (b,2) in order.
 *
 * The notation keeps a case readable as what it stores, does and expects. Keys and values that it cannot hold are
 * slices (T for text, B for bytes with zeros in them).
 */
#ifndef TESTS_CONFORMANCE_CONTENT_H
#define TESTS_CONFORMANCE_CONTENT_H

#include "tests/conformance/fixture.h"

/** A pair of slices, for what the notation cannot hold. */
struct pair {
    kv_slice key;
    kv_slice value;
};

/** The slice of a C string, and of a string literal that may hold zeros. */
#define T(text) kv_slice_text(text)
#define B(literal) kv_slice_of((literal), sizeof(literal) - 1)

/** The slice of a variable's bytes. */
#define V(variable) kv_slice_of(&(variable), sizeof(variable))

/** Makes a bucket of `kind` with the pairs in it, committed; on a row with a filled base a part of the pairs goes to
 * the base, and the base gets others that the session hides again. May be called several times before any read. */
void fill(struct fixture *f, const char *bucket, kv_kind kind, const char *text);
void fill_pairs(struct fixture *f, const char *bucket, kv_kind kind, const struct pair *pairs, size_t count);

/** Fails unless a walk forwards gives `text`, a walk backwards its reverse, and the count agrees. */
#define assert_content(f, txn, bucket, text) check_content((f), (txn), (bucket), (text), __FILE__, __LINE__)
void check_content(struct fixture *f, kv_txn *txn, const char *bucket, const char *text, const char *file, int line);

/** The same in a new read transaction. */
#define assert_committed(f, bucket, text) check_committed((f), (bucket), (text), __FILE__, __LINE__)
void check_committed(struct fixture *f, const char *bucket, const char *text, const char *file, int line);

/** What all moves look like. */
typedef int cursor_move(kv_cursor *cursor, kv_slice *ret_key, kv_slice *ret_value);

/** Fails unless the move gives the pair `text`. */
#define assert_move(move, cursor, text) check_move((move), (cursor), (text), #move, __FILE__, __LINE__)
void check_move(cursor_move *move, kv_cursor *cursor, const char *text, const char *call, const char *file, int line);

/** Fails unless the move answers `status` and writes no output. */
#define assert_no_move(move, cursor, status) check_no_move((move), (cursor), (status), #move, __FILE__, __LINE__)
void check_no_move(cursor_move *move, kv_cursor *cursor, int status, const char *call, const char *file, int line);

/** Fails unless the slice holds these bytes. */
#define assert_slice(slice, text) check_slice((slice), kv_slice_text(text), __FILE__, __LINE__)
void check_slice(kv_slice slice, kv_slice expected, const char *file, int line);

/** Fails unless by-name get gives the value. */
#define assert_value(txn, bucket, key, text) check_value((txn), (bucket), T(key), (text), __FILE__, __LINE__)
void check_value(kv_txn *txn, const char *bucket, kv_slice key, const char *text, const char *file, int line);

/** Fails unless the lower-bound seek gives the pair `text`. */
#define assert_seek(cursor, key, text) check_seek((cursor), (key), (text), __FILE__, __LINE__)
void check_seek(kv_cursor *cursor, kv_slice key, const char *text, const char *file, int line);

#endif

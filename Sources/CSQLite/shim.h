#pragma once
#include <sqlite3.h>

// sqlite3_db_config takes a variable argument list, which Swift can't call.
static inline int gatehouse_no_checkpoint_on_close(void *connection) {
    return sqlite3_db_config((sqlite3 *)connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}

// SQLITE_TRANSIENT, which has SQLite copy the text, is a cast that Swift can't read.
static inline int gatehouse_bind_text(sqlite3_stmt *statement, int index, const char *text, int count) {
    return sqlite3_bind_text(statement, index, text, count, SQLITE_TRANSIENT);
}

// The same for bytes.
static inline int gatehouse_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int count) {
    return sqlite3_bind_blob(statement, index, bytes, count, SQLITE_TRANSIENT);
}

// The header of the store's WAL index (https://www.sqlite.org/walformat.html, section 2), which every commit of any process
// changes, where a connection that has read once has it mapped already: by the VFS's own call, since a file that is
// opened and closed beside SQLite would take its locks along. Null where there is none.
static inline const void *gatehouse_wal_index(void *connection) {
    sqlite3_file *file = (sqlite3_file *)0;
    volatile void *region = (volatile void *)0;
    if (sqlite3_file_control((sqlite3 *)connection, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK) return 0;
    if (!file || !file->pMethods || file->pMethods->iVersion < 2 || !file->pMethods->xShmMap) return 0;
    if (file->pMethods->xShmMap(file, 0, 32 * 1024, 0, &region) != SQLITE_OK) return 0;
    return (const void *)region;
}

// What stands in that header: the first of its two copies, 48 bytes.
struct gatehouse_wal_header {
    unsigned long long words[6];
};

// Reads it anew. One that is being written meanwhile is another than before, which is all that matters.
static inline struct gatehouse_wal_header gatehouse_read_wal_header(const void *index) {
    struct gatehouse_wal_header header;
    const volatile unsigned long long *words = (const volatile unsigned long long *)index;
    for (int number = 0; number < 6; number++) header.words[number] = words[number];
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    return header;
}

static inline int gatehouse_is_same_header(struct gatehouse_wal_header one, struct gatehouse_wal_header two) {
    for (int number = 0; number < 6; number++)
        if (one.words[number] != two.words[number]) return 0;
    return 1;
}

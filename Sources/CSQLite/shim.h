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

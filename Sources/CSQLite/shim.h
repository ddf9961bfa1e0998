#pragma once
#include <sqlite3.h>

// sqlite3_db_config takes a variable argument list, which Swift can't call.
static inline int gatehouse_no_checkpoint_on_close(void *connection) {
    return sqlite3_db_config((sqlite3 *)connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}

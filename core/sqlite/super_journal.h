// A rollback journal may name a super-journal at its end: any file at all, which SQLite deletes once it has rolled back. Only transactions over
// several attached databases write such a name, and Nightjar has none, so one that is there was put there. Any thread.
#pragma once

#include <string>

#include "base/result.h"

namespace nj::sqlite {

// False also where there is no such journal.
bool namesSuperJournal(const std::string& journal);
// Takes the name out of a journal of our own.
Status forgetSuperJournal(const std::string& journal);

}  // namespace nj::sqlite

// How many files and connections this process may have open: the usual limit of 1,024 is fewer than a receiver serves.
#pragma once

#include <cstddef>

namespace nj::source {

// Raises the limit, as far as the system lets it, so that `more` fit beside what others of the process need. Any thread.
void allowOpenFiles(size_t more);

}  // namespace nj::source

// What the owner of a listening source does before it makes one.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "source/source.h"

namespace nj::source {

// The config with the files of a certificate where its address needs TLS and it names none: those kept in `folder`, made on first use.
// Other configs as they are. The result is not for keeping: where it lies is the owner's affair.
Result<SourceConfig> withIdentity(SourceConfig config, const std::filesystem::path& folder);

}  // namespace nj::source

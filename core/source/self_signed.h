// The certificate of receivers that other computers reach, where the user has none: EC P-256, signed by itself, made on first use and kept
// with its key in a folder of the user's. Senders trust it by the file or by its fingerprint. Any thread; two programs may ask at once.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "base/result.h"

namespace nj::source {

// As PEM; the certificate may bring its chain along.
struct TlsIdentity {
    std::string certificate, privateKey;
};

// Valid for ten years under these names and addresses.
Result<TlsIdentity> makeSelfSigned(std::span<const std::string> names);
// "AB:CD:…": SHA-256 of the first certificate.
Result<std::string> fingerprintOf(const std::string& certificate);

struct TlsFiles {
    std::filesystem::path certificate, privateKey;
};
// An own identity. Errors where one of them cannot be read or they do not belong together.
Result<TlsIdentity> readIdentity(const TlsFiles& files);
// Those of the folder, made where they are missing: for localhost, this computer's name and its addresses. Nobody else can read the key.
Result<TlsFiles> keptIdentity(const std::filesystem::path& folder);

}  // namespace nj::source

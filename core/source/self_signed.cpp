#include "source/self_signed.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>
#include <vector>

namespace nj::source {
namespace {

namespace fs = std::filesystem;

constexpr long kValidDays = 3650;
constexpr size_t kMaxPem = 1U << 20;

template <auto Free>
struct Freed {
    template <typename T>
    void operator()(T* p) const { Free(p); }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;

Error failed(const std::string& what) { return makeError(ErrorCode::kInternal, "the TLS certificate: " + what); }

std::string contentOf(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return size > 0 ? std::string(data, static_cast<size_t>(size)) : std::string();
}

Bio reading(const std::string& text) { return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(std::min(text.size(), kMaxPem)))); }

bool isAddress(const std::string& name) {
    in6_addr address;
    return inet_pton(AF_INET, name.c_str(), &address) == 1 || inet_pton(AF_INET6, name.c_str(), &address) == 1;
}

bool addExtension(X509* certificate, int which, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>> extension(X509V3_EXT_conf_nid(nullptr, &context, which, value.c_str()));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool describe(X509* certificate, EVP_PKEY* key, std::span<const std::string> names) {
    uint64_t serial = 0;
    if (RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) != 1)
        return false;
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1);
    X509_set_version(certificate, X509_VERSION_3);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);   // clocks of senders may be late
    X509_time_adj_ex(X509_getm_notAfter(certificate), kValidDays, 0, nullptr);
    X509_NAME* subject = X509_get_subject_name(certificate);
    const auto* title = reinterpret_cast<const unsigned char*>("Nightjar receiver");
    if (X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, title, -1, -1, 0) != 1 || X509_set_issuer_name(certificate, subject) != 1 || X509_set_pubkey(certificate, key) != 1)
        return false;
    std::string alternatives;
    for (const std::string& name : names)
        alternatives += (alternatives.empty() ? "" : ",") + std::string(isAddress(name) ? "IP:" : "DNS:") + name;
    // Its own authority, so that senders can be given it as the one to trust.
    return addExtension(certificate, NID_basic_constraints, "critical,CA:TRUE") && addExtension(certificate, NID_ext_key_usage, "serverAuth") &&
           addExtension(certificate, NID_subject_alt_name, alternatives);
}

Result<std::string> readText(const fs::path& path) {
    const std::ifstream in(path, std::ios::binary);
    if (!in)
        return makeError(ErrorCode::kNotFound, "cannot read " + path.string());
    std::ostringstream text;
    text << in.rdbuf();
    if (text.view().size() > kMaxPem)
        return makeError(ErrorCode::kLimit, path.string() + " is too large for a certificate or its key");
    return text.str();
}

// By another name first: whoever looks meanwhile sees nothing or all.
Status writeText(const fs::path& path, const std::string& text, mode_t mode) {
    const std::string part = path.string() + ".part";
    const int file = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
    const bool written = file >= 0 && ::fchmod(file, mode) == 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
    if (file >= 0)
        ::close(file);
    if (!written || ::rename(part.c_str(), path.c_str()) != 0)
        return makeError(ErrorCode::kIo, "cannot write " + path.string() + ": " + std::strerror(errno));
    return {};
}

std::vector<std::string> namesOfThisComputer() {
    std::set<std::string> names{"localhost", "127.0.0.1", "::1"};
    char host[256] = {};
    if (gethostname(host, sizeof host - 1) == 0 && std::string_view(host).find_first_of(",: ") == std::string_view::npos && host[0] != '\0')
        names.insert(host);
    ifaddrs* found = nullptr;
    if (getifaddrs(&found) == 0) {
        const std::unique_ptr<ifaddrs, Freed<freeifaddrs>> addresses(found);
        for (const ifaddrs* at = found; at != nullptr; at = at->ifa_next) {
            char text[INET6_ADDRSTRLEN] = {};
            if (at->ifa_addr != nullptr && at->ifa_addr->sa_family == AF_INET)
                inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(at->ifa_addr)->sin_addr, text, sizeof text);
            else if (at->ifa_addr != nullptr && at->ifa_addr->sa_family == AF_INET6)
                inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6*>(at->ifa_addr)->sin6_addr, text, sizeof text);
            if (text[0] != '\0')
                names.insert(text);
        }
    }
    return {names.begin(), names.end()};
}

}  // namespace

Result<TlsIdentity> makeSelfSigned(std::span<const std::string> names) {
    const Key key(EVP_EC_gen("P-256"));
    const Certificate certificate(X509_new());
    if (!key || !certificate || names.empty() || !describe(certificate.get(), key.get(), names) || X509_sign(certificate.get(), key.get(), EVP_sha256()) == 0)
        return failed("it cannot be made");
    const Bio certificateText(BIO_new(BIO_s_mem())), keyText(BIO_new(BIO_s_mem()));
    if (PEM_write_bio_X509(certificateText.get(), certificate.get()) != 1 || PEM_write_bio_PrivateKey(keyText.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
        return failed("it cannot be written down");
    return TlsIdentity{contentOf(certificateText.get()), contentOf(keyText.get())};
}

Result<std::string> fingerprintOf(const std::string& certificate) {
    const Certificate read(PEM_read_bio_X509(reading(certificate).get(), nullptr, nullptr, nullptr));
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (!read || X509_digest(read.get(), EVP_sha256(), digest, &size) != 1)
        return makeError(ErrorCode::kMalformed, "the TLS certificate cannot be read: it must be PEM, -----BEGIN CERTIFICATE----- …");
    constexpr char kDigits[] = "0123456789ABCDEF";
    std::string text;
    for (unsigned i = 0; i < size; ++i) {
        text += i == 0 ? "" : ":";
        text += kDigits[digest[i] >> 4];
        text += kDigits[digest[i] & 15];
    }
    return text;
}

Result<TlsIdentity> readIdentity(const TlsFiles& files) {
    TlsIdentity identity;
    NJ_ASSIGN(identity.certificate, readText(files.certificate));
    NJ_ASSIGN(identity.privateKey, readText(files.privateKey));
    NJ_RETURN_IF_ERROR(fingerprintOf(identity.certificate));
    const Certificate certificate(PEM_read_bio_X509(reading(identity.certificate).get(), nullptr, nullptr, nullptr));
    // A key under a passphrase is not asked for here: an empty answer makes it unreadable.
    const Key key(PEM_read_bio_PrivateKey(reading(identity.privateKey).get(), nullptr, [](char*, int, int, void*) { return 0; }, nullptr));
    if (!key)
        return makeError(ErrorCode::kMalformed, files.privateKey.string() + " holds no private key in PEM without a passphrase");
    if (X509_check_private_key(certificate.get(), key.get()) != 1)
        return makeError(ErrorCode::kInvalidArgument, files.privateKey.string() + " is not the key of " + files.certificate.string());
    return identity;
}

Result<TlsFiles> keptIdentity(const fs::path& folder) {
    if (folder.empty())
        return makeError(ErrorCode::kInvalidArgument, "there is no folder for a TLS certificate: name one with --tls-cert and --tls-key");
    const TlsFiles files{folder / "receiver-cert.pem", folder / "receiver-key.pem"};
    std::error_code error;
    fs::create_directories(folder, error);
    const int lock = ::open((folder / "receiver-lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0)
        return makeError(ErrorCode::kIo, "cannot write into " + folder.string() + ": " + std::strerror(errno));
    const std::unique_ptr<const int, void (*)(const int*)> held(&lock, [](const int* file) { ::close(*file); });
    if (::flock(lock, LOCK_EX) != 0)
        return makeError(ErrorCode::kIo, "cannot lock " + folder.string() + ": " + std::strerror(errno));
    if (fs::exists(files.certificate, error) && fs::exists(files.privateKey, error)) {
        NJ_RETURN_IF_ERROR(readIdentity(files));
        return files;
    }
    NJ_ASSIGN(const TlsIdentity made, makeSelfSigned(namesOfThisComputer()));
    NJ_RETURN_IF_ERROR(writeText(files.privateKey, made.privateKey, 0600));
    NJ_RETURN_IF_ERROR(writeText(files.certificate, made.certificate, 0644));
    return files;
}

}  // namespace nj::source

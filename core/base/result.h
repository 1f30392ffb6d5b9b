// Result<T>: a value or an Error. The only way failure crosses a room; nothing throws across rooms.
// Plain values: any thread may hold one, nothing is shared.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

namespace nj {

enum class ErrorCode : uint8_t {
    kInvalidArgument,   // the caller (or the user's text) is wrong
    kNotFound,
    kMalformed,         // the input's bytes are wrong; the message says file, line or offset
    kLimit,             // a bound was reached (size, depth, ratio, time)
    kIo,
    kDiskFull,
    kBusy,              // another writer holds the capsule
    kNotACapsule,
    kNewerVersion,      // the capsule was written by a newer Nightjar
    kReadOnly,
    kCancelled,
    kUnsupported,
    kInternal,
};

struct Error {
    ErrorCode code = ErrorCode::kInternal;
    std::string message;   // a sentence for a person: what, where, what to do
};

template <typename T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}            // NOLINT(google-explicit-constructor)
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}        // NOLINT(google-explicit-constructor)

    [[nodiscard]] bool ok() const { return state_.index() == 0; }
    explicit operator bool() const { return ok(); }
    // Precondition: ok().
    T& value() & { return std::get<0>(state_); }
    const T& value() const& { return std::get<0>(state_); }
    T&& value() && { return std::get<0>(std::move(state_)); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }
    // Precondition: !ok().
    [[nodiscard]] const Error& error() const { return std::get<1>(state_); }

private:
    std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : error_(std::move(error)), ok_(false) {}                    // NOLINT(google-explicit-constructor)
    [[nodiscard]] bool ok() const { return ok_; }
    explicit operator bool() const { return ok_; }
    [[nodiscard]] const Error& error() const { return error_; }

private:
    Error error_;
    bool ok_ = true;
};

using Status = Result<void>;

inline Error makeError(ErrorCode code, std::string message) { return Error{code, std::move(message)}; }

}  // namespace nj

#define NJ_CONCAT_INNER(a, b) a##b
#define NJ_CONCAT(a, b) NJ_CONCAT_INNER(a, b)
// Returns the error of a Status or Result expression from the enclosing function.
#define NJ_RETURN_IF_ERROR(expr)                        \
    do {                                                \
        if (auto nj_status_ = (expr); !nj_status_.ok()) \
            return nj_status_.error();                  \
    } while (false)
// NJ_ASSIGN(auto x, call()) declares x from a Result or returns its error.
#define NJ_ASSIGN(decl, expr) NJ_ASSIGN_INNER(NJ_CONCAT(nj_result_, __LINE__), decl, expr)
#define NJ_ASSIGN_INNER(tmp, decl, expr) \
    auto tmp = (expr);                   \
    if (!tmp.ok())                       \
        return tmp.error();              \
    decl = std::move(tmp).value()

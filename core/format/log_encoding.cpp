#include "format/log_encoding.h"

namespace nj::format {
namespace {

void putCodePoint(uint32_t c, std::string& out) {
    if (c < 0x80) {
        out += static_cast<char>(c);
    } else if (c < 0x800) {
        out += static_cast<char>(0xC0 | (c >> 6));
        out += static_cast<char>(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        out += static_cast<char>(0xE0 | (c >> 12));
        out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (c & 0x3F));
    } else {
        out += static_cast<char>(0xF0 | (c >> 18));
        out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
        out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (c & 0x3F));
    }
}

}  // namespace

void LogEncoding::putUnit(uint32_t unit, std::string& out) {
    const bool low = unit >= 0xDC00 && unit < 0xE000;
    if (highSurrogate_ != 0) {
        if (low) {
            putCodePoint(0x10000 + ((highSurrogate_ - 0xD800) << 10) + (unit - 0xDC00), out);
            highSurrogate_ = 0;
            return;
        }
        putCodePoint(0xFFFD, out);
        ++repaired_;
        highSurrogate_ = 0;
    }
    if (unit >= 0xD800 && unit < 0xDC00) {
        highSurrogate_ = unit;
    } else if (low) {
        putCodePoint(0xFFFD, out);
        ++repaired_;
    } else {
        putCodePoint(unit, out);
    }
}

void LogEncoding::decodeWide(std::string_view bytes, std::string& out) {
    size_t i = 0;
    const auto unitOf = [&](char a, char b) {
        const auto first = static_cast<unsigned char>(a);
        const auto second = static_cast<unsigned char>(b);
        return mode_ == Mode::kUtf16Le ? static_cast<uint32_t>(first | (second << 8)) : static_cast<uint32_t>((first << 8) | second);
    };
    if (!pending_.empty() && !bytes.empty()) {
        putUnit(unitOf(pending_[0], bytes[0]), out);
        pending_.clear();
        i = 1;
    }
    for (; i + 1 < bytes.size(); i += 2)
        putUnit(unitOf(bytes[i], bytes[i + 1]), out);
    if (i < bytes.size())
        pending_.assign(1, bytes[i]);
}

void LogEncoding::decode(std::string_view chunk, std::string& out) {
    if (mode_ == Mode::kPlain) {
        out.append(chunk);
        return;
    }
    if (mode_ != Mode::kUnknown)
        return decodeWide(chunk, out);
    while (pending_.size() < 3 && !chunk.empty()) {
        pending_ += chunk[0];
        chunk.remove_prefix(1);
    }
    if (pending_.size() < 3)
        return;
    const std::string mark = std::move(pending_);
    pending_.clear();
    if (mark == "\xEF\xBB\xBF") {
        mode_ = Mode::kPlain;
    } else if (mark.compare(0, 2, "\xFF\xFE") == 0 || mark.compare(0, 2, "\xFE\xFF") == 0) {
        mode_ = mark[0] == '\xFF' ? Mode::kUtf16Le : Mode::kUtf16Be;
        decodeWide(std::string_view(mark).substr(2), out);
    } else {
        mode_ = Mode::kPlain;
        out.append(mark);
    }
    decode(chunk, out);
}

void LogEncoding::finish(std::string& out) {
    if (mode_ == Mode::kUnknown)
        out.append(pending_);
    else if (!pending_.empty() || highSurrogate_ != 0) {
        putCodePoint(0xFFFD, out);
        ++repaired_;
    }
    pending_.clear();
    highSurrogate_ = 0;
}

}  // namespace nj::format

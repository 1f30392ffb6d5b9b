// `journalctl -o export`: entries of FIELD=value lines, or FIELD, a line end, a little-endian length and that many bytes; a blank line
// ends an entry.
#include <algorithm>
#include <memory>
#include <string>

#include "format/format.h"
#include "format/log_batch.h"
#include "format/log_field_names.h"
#include "format/log_shapes.h"
#include "format/log_text.h"
#include "format/severity_words.h"

namespace nj::format {
namespace {

constexpr size_t kMaxEntry = 16U << 20;
constexpr size_t kPart = 1U << 20;

class JournalReader final : public FormatReader {
public:
    explicit JournalReader(const ReaderOptions& options) : rows_(options, Resource()) {}

    Status feed(std::string_view chunk, const BatchConsumer& out) override {
        while (!chunk.empty()) {
            const std::string_view slice = chunk.substr(0, 256U << 10);
            chunk.remove_prefix(slice.size());
            buffer_.append(slice);
            if (!process(out))
                return makeError(ErrorCode::kCancelled, "stopped");
        }
        return {};
    }
    Status pause(const BatchConsumer& out) override { return rows_.flush(out) ? Status() : makeError(ErrorCode::kCancelled, "stopped"); }
    Status finish(const BatchConsumer& out) override {
        if (at_ < buffer_.size())
            rows_.countHealth(HealthSeverity::kLost, "journal entry cut by the end of the input", std::string_view(buffer_).substr(0, 200), base_, 0);
        else if (at_ > 0)
            endEntry(at_);
        return rows_.finish(out) ? Status() : makeError(ErrorCode::kCancelled, "stopped");
    }
    [[nodiscard]] std::string assumptions() const override { return rows_.assumptions(); }

private:
    bool process(const BatchConsumer& out) {
        while (at_ < buffer_.size()) {
            const size_t end = buffer_.find('\n', std::max(at_, scanned_));
            if (end == std::string::npos) {
                scanned_ = buffer_.size();
                break;
            }
            if (end == at_) {
                if (at_ > 0)
                    endEntry(at_);
                erase(end + 1);
                if (!rows_.flushIfFull(out))
                    return false;
                continue;
            }
            const size_t next = fieldEnd(end);
            if (next == 0)
                break;
            at_ = scanned_ = next;
        }
        if (buffer_.size() > kMaxEntry) {
            rows_.countHealth(HealthSeverity::kRejected, "journal entry over 16 MiB", std::string_view(buffer_).substr(0, 200), base_, 0);
            erase(buffer_.size());
        }
        return true;
    }

    // Behind the field whose first line ends at `end`; 0 while its bytes have not come yet.
    [[nodiscard]] size_t fieldEnd(size_t end) const {
        if (std::string_view(buffer_).substr(at_, end - at_).find('=') != std::string_view::npos)
            return end + 1;
        if (buffer_.size() < end + 9)
            return 0;
        const uint64_t length = binaryLength(end + 1);
        if (length > kMaxEntry)
            return end + 1;   // no length after all; the line counts as a field without value
        const size_t next = end + 9 + static_cast<size_t>(length) + 1;
        return next <= buffer_.size() ? next : 0;
    }

    [[nodiscard]] uint64_t binaryLength(size_t at) const {
        uint64_t length = 0;
        for (size_t i = 0; i < 8; ++i)
            length |= static_cast<uint64_t>(static_cast<unsigned char>(buffer_[at + i])) << (8 * i);
        return length;
    }

    void erase(size_t count) {
        base_ += count;
        buffer_.erase(0, count);
        at_ = scanned_ = 0;
    }

    void endEntry(size_t size) {
        const std::string_view entry = std::string_view(buffer_).substr(0, size);
        line_.clear();
        line_.bodyToEnd = false;
        bool sourceTime = false;
        for (size_t at = 0; at < entry.size();) {
            const size_t end = std::min(entry.find('\n', at), entry.size());
            const std::string_view first = entry.substr(at, end - at);
            const size_t eq = first.find('=');
            if (eq != std::string_view::npos) {
                field(first.substr(0, eq), first.substr(eq + 1), sourceTime);
                at = end + 1;
            } else if (end + 9 <= entry.size() && binaryLength(end + 1) <= entry.size() - end - 9) {
                const auto length = static_cast<size_t>(binaryLength(end + 1));
                field(first, entry.substr(end + 9, length), sourceTime);
                at = end + 9 + length + 1;
            } else {
                rows_.countHealth(HealthSeverity::kRejected, "journal field without value", entry.substr(at, 80), base_ + at, 0);
                at = end + 1;
            }
        }
        addRow(text::trimRight(entry));
    }

    void field(std::string_view name, std::string_view value, bool& sourceTime) {
        int64_t number = 0;
        if (name == "MESSAGE") {
            line_.body = value;
        } else if (name == "PRIORITY") {
            if (text::parseInt(value, number))
                line_.severity = severityFromSyslog(number);
        } else if (name == "_SOURCE_REALTIME_TIMESTAMP" || name == "__REALTIME_TIMESTAMP") {
            ParsedTime parsed;
            const bool source = name[1] == 'S';
            if ((source || !sourceTime) && text::parseInt(value, number) && instantFromInteger(number, parsed)) {
                line_.time = parsed;
                sourceTime = source;
            }
        } else if (value.size() <= (64U << 10)) {
            line_.kernel |= name == "_TRANSPORT" && value == "kernel";
            const FieldName* known = findFieldName(name);
            if (known == nullptr || known->role != FieldRole::kIgnored)
                addNamedField(name, value, line_);
        }
    }

    void addRow(std::string_view entry) {
        if (entry.size() <= kPart) {
            rows_.add(line_, {entry, 0, 0, false, true});
            return;
        }
        uint32_t part = 0;
        for (size_t at = 0; at < entry.size(); at += kPart) {
            rows_.add(line_, {entry.substr(at, kPart), 0, ++part, true, true});
            line_.fields.clear();
        }
    }

    LogBatch rows_;
    LogLine line_;
    std::string buffer_;
    size_t at_ = 0;        // behind the last whole field of the entry at the buffer's start
    size_t scanned_ = 0;
    uint64_t base_ = 0;    // stream offset of buffer_[0]
};

Confidence sniff(const Sample& sample) {
    const std::string_view bytes = sample.bytes;
    return bytes.substr(0, 9) == "__CURSOR=" && bytes.find("\n__REALTIME_TIMESTAMP=") != std::string_view::npos ? 95 : 0;
}

std::unique_ptr<FormatReader> open(const ReaderOptions& options) { return std::make_unique<JournalReader>(options); }

}  // namespace

extern const Format kLogJournalExport;
const Format kLogJournalExport = {"log_journal_export", "systemd journal export", sniff, open};

}  // namespace nj::format

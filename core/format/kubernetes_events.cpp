// Kubernetes events: `kubectl get events` as JSON (a list, single objects, JSON lines), YAML or a table.
#include <algorithm>
#include <memory>

#include <simdjson.h>

#include "format/format.h"
#include "format/json_stream.h"
#include "format/kubernetes_event.h"
#include "format/log_text.h"

namespace nj::format {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

constexpr size_t kFlushText = 1U << 20;   // of one YAML item or table line
constexpr size_t kMaxScalar = 64U << 10;

class EventsReader : public FormatReader {
public:
    explicit EventsReader(const ReaderOptions& options) : rows_(options, Resource()) {}
    Status pause(const BatchConsumer& out) override { return rows_.flush(out) ? Status() : stopped(); }
    [[nodiscard]] std::string assumptions() const override { return rows_.assumptions(); }

protected:
    Status stopped() const { return makeError(ErrorCode::kCancelled, "stopped"); }
    LogBatch rows_;
};

class JsonEventsReader final : public EventsReader {
public:
    using EventsReader::EventsReader;
    Status feed(std::string_view chunk, const BatchConsumer& out) override {
        const bool more = stream_.feed(chunk, [&](const JsonStream::Value& value) { return take(value, out); }, [&](HealthRecord&& record) { reject(std::move(record)); });
        return more ? Status() : stopped();
    }
    Status finish(const BatchConsumer& out) override {
        const bool more = stream_.finish([&](const JsonStream::Value& value) { return take(value, out); }, [&](HealthRecord&& record) { reject(std::move(record)); });
        return more && rows_.finish(out) ? Status() : stopped();
    }

private:
    void reject(HealthRecord&& record) { rows_.countHealth(record.severity, record.reason, record.example, record.offset, record.line); }

    JsonStream::Verdict take(const JsonStream::Value& value, const BatchConsumer& out) {
        simdjson::padded_string padded(value.bytes);
        element root;
        if (parser_.parse(padded).get(root) != simdjson::SUCCESS || !root.is_object())
            return JsonStream::Verdict::kMalformed;
        simdjson::dom::array items;
        if (root["items"].get(items) == simdjson::SUCCESS) {
            for (const element item : items) {
                const std::string text = simdjson::minify(item);
                addEvent(item, text, value.line);
                if (!rows_.flushIfFull(out))
                    return JsonStream::Verdict::kStop;
            }
            return JsonStream::Verdict::kTaken;
        }
        // A watch wraps each event: {"type":"ADDED","object":{…}}
        element object;
        addEvent(root["object"].get(object) == simdjson::SUCCESS && object.is_object() ? object : root, value.bytes, value.line);
        return rows_.flushIfFull(out) ? JsonStream::Verdict::kTaken : JsonStream::Verdict::kStop;
    }

    void addEvent(element item, std::string_view original, uint64_t line) {
        KubernetesEvent event;
        std::string path;
        collect(item, path, event, 0);
        if (event.empty()) {
            rows_.countHealth(HealthSeverity::kRejected, "object without a Kubernetes event's fields", original.substr(0, 200), 0, line);
            return;
        }
        addKubernetesEvent(event, {original, line, 0, false, false}, rows_);
    }

    static void collect(element item, std::string& path, KubernetesEvent& event, int depth) {
        if (!item.is_object() || depth > 2)
            return;
        const simdjson::dom::object object = item.get_object().value_unsafe();
        for (const auto& field : object) {
            const size_t base = path.size();
            path.append(field.key);
            switch (field.value.type()) {
            case element_type::STRING: event.set(path, field.value.get_string().value_unsafe()); break;
            case element_type::INT64: event.set(path, std::to_string(field.value.get_int64().value_unsafe())); break;
            case element_type::OBJECT:
                path += '.';
                collect(field.value, path, event, depth + 1);
                break;
            default: break;
            }
            path.resize(base);
        }
    }

    JsonStream stream_;
    simdjson::dom::parser parser_{64U << 20};
};

// Lines of a text form, with what is left of an unfinished one. A line over the limit is cut there.
class LineBuffer {
public:
    template <typename F>
    bool feed(std::string_view chunk, F&& line) {
        buffer_.append(chunk);
        size_t from = 0;
        for (size_t end = buffer_.find('\n', from); end != std::string::npos; end = buffer_.find('\n', from)) {
            ++number_;
            if (!line(trimCr(std::string_view(buffer_).substr(from, end - from)), number_))
                return false;
            from = end + 1;
        }
        buffer_.erase(0, from);
        if (buffer_.size() > kFlushText)
            buffer_.resize(kFlushText);
        return true;
    }
    template <typename F>
    bool finish(F&& line) {
        return buffer_.empty() || line(trimCr(buffer_), ++number_);
    }

private:
    static std::string_view trimCr(std::string_view s) { return !s.empty() && s.back() == '\r' ? s.substr(0, s.size() - 1) : s; }
    std::string buffer_;
    uint64_t number_ = 0;
};

// The YAML kubectl writes: block style, two blanks a level, scalars plain, quoted or folded over indented lines. No general YAML.
class YamlEventsReader final : public EventsReader {
public:
    using EventsReader::EventsReader;
    Status feed(std::string_view chunk, const BatchConsumer& out) override {
        return lines_.feed(chunk, [&](std::string_view line, uint64_t number) { return take(line, number, out); }) ? Status() : stopped();
    }
    Status finish(const BatchConsumer& out) override {
        const bool more = lines_.finish([&](std::string_view line, uint64_t number) { return take(line, number, out); });
        endItem();
        return more && rows_.finish(out) ? Status() : stopped();
    }

private:
    bool take(std::string_view line, uint64_t number, const BatchConsumer& out) {
        const std::string_view trimmed = text::trimLeft(line);
        size_t indent = line.size() - trimmed.size();
        const bool item = trimmed.substr(0, 2) == "- ";
        if (line.substr(0, 3) == "---" || (item && (itemIndent_ == npos_ || indent == itemIndent_) && startsObject(trimmed.substr(2)))) {
            endItem();
            itemLine_ = number;
            if (item)
                itemIndent_ = indent;
        }
        if (itemLine_ == 0 && trimmed.substr(0, 5) == "kind:")
            itemLine_ = 1;
        if (original_.size() < kFlushText)
            original_.append(original_.empty() ? "" : "\n").append(line);
        if (trimmed.empty() || trimmed[0] == '#')
            return true;
        std::string_view rest = trimmed;
        if (item) {
            rest.remove_prefix(2);
            indent += 2;
        }
        pair(rest, indent);
        return rows_.flushIfFull(out);
    }

    static bool startsObject(std::string_view rest) { return rest.find(':') != std::string_view::npos; }

    void pair(std::string_view rest, size_t indent) {
        size_t key = 0;
        while (key < rest.size() && (text::isWord(rest[key]) || rest[key] == '.' || rest[key] == '/' || rest[key] == '-'))
            ++key;
        const bool isPair = key > 0 && key < rest.size() && rest[key] == ':' && (key + 1 == rest.size() || rest[key + 1] == ' ');
        if (!isPair || (!lastPath_.empty() && folding_ && indent > lastIndent_)) {
            if (!lastPath_.empty() && indent > lastIndent_ && lastValue_.size() < kMaxScalar)
                lastValue_.append(lastValue_.empty() ? "" : " ").append(rest);
            return;
        }
        endScalar();
        while (!levels_.empty() && levels_.back().indent >= indent)
            levels_.pop_back();
        std::string path;
        for (const Level& level : levels_)
            path.append(level.key).append(".");
        path.append(rest.substr(0, key));
        lastValue_ = text::trim(rest.substr(key + 1));
        lastIndent_ = indent;
        lastPath_ = path;
        folding_ = lastValue_ == "|" || lastValue_ == ">" || lastValue_ == "|-" || lastValue_ == ">-";
        if (folding_)
            lastValue_.clear();
        if (levels_.size() < 16)
            levels_.push_back({indent, std::string(rest.substr(0, key))});
    }

    static std::string unquoted(std::string_view value) {
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
            std::string out;
            text::appendUnescaped(out, value.substr(1, value.size() - 2));
            return out;
        }
        if (value.size() >= 2 && value.front() == '\'' && value.back() == '\'') {
            std::string out;
            for (size_t i = 1; i + 1 < value.size(); ++i) {
                out += value[i];
                if (value[i] == '\'' && value[i + 1] == '\'')
                    ++i;
            }
            return out;
        }
        return std::string(value);
    }

    void endScalar() {
        if (!lastPath_.empty() && !lastValue_.empty())
            event_.set(lastPath_, unquoted(lastValue_));
        lastPath_.clear();
        lastValue_.clear();
    }

    void endItem() {
        endScalar();
        if (!event_.empty())
            addKubernetesEvent(event_, {original_, itemLine_, 0, false, false}, rows_);
        event_ = KubernetesEvent();
        levels_.clear();
        original_.clear();
        folding_ = false;
    }

    struct Level {
        size_t indent;
        std::string key;
    };
    static constexpr size_t npos_ = std::string_view::npos;
    LineBuffer lines_;
    KubernetesEvent event_;
    std::vector<Level> levels_;
    std::string lastPath_, lastValue_, original_;
    size_t lastIndent_ = 0;
    size_t itemIndent_ = npos_;
    uint64_t itemLine_ = 0;
    bool folding_ = false;
};

// LAST SEEN   TYPE   REASON   OBJECT   MESSAGE: cells begin where the header's words do; times are ages.
class TableEventsReader final : public EventsReader {
public:
    using EventsReader::EventsReader;
    Status feed(std::string_view chunk, const BatchConsumer& out) override {
        return lines_.feed(chunk, [&](std::string_view line, uint64_t number) { return take(line, number, out); }) ? Status() : stopped();
    }
    Status finish(const BatchConsumer& out) override {
        const bool more = lines_.finish([&](std::string_view line, uint64_t number) { return take(line, number, out); });
        return more && rows_.finish(out) ? Status() : stopped();
    }

private:
    struct Column {
        std::string name;
        size_t at;
    };

    bool take(std::string_view line, uint64_t number, const BatchConsumer& out) {
        if (text::trim(line).empty())
            return true;
        if (line.find("REASON") != std::string_view::npos && line.find("MESSAGE") != std::string_view::npos) {
            readHeader(line);
            return true;
        }
        KubernetesEvent event;
        for (size_t i = 0; i < columns_.size(); ++i) {
            const size_t from = std::min(columns_[i].at, line.size());
            const size_t to = i + 1 < columns_.size() ? std::min(columns_[i + 1].at, line.size()) : line.size();
            setCell(columns_[i].name, text::trim(line.substr(from, to - from)), event);
        }
        if (event.empty())
            rows_.countHealth(HealthSeverity::kRejected, "line without a Kubernetes event's cells", line, 0, number);
        else
            addKubernetesEvent(event, {line, number, 0, false, false}, rows_);
        return rows_.flushIfFull(out);
    }

    void readHeader(std::string_view line) {
        columns_.clear();
        for (const std::string_view name : {"NAMESPACE", "LAST SEEN", "FIRST SEEN", "TYPE", "REASON", "OBJECT", "SUBOBJECT", "SOURCE", "MESSAGE", "COUNT", "NAME"}) {
            size_t at = line.find(name);
            while (at != std::string_view::npos && at > 0 && line[at - 1] != ' ')
                at = line.find(name, at + 1);
            if (at != std::string_view::npos && (at + name.size() == line.size() || line[at + name.size()] == ' '))
                columns_.push_back({std::string(name), at});
        }
        std::sort(columns_.begin(), columns_.end(), [](const Column& a, const Column& b) { return a.at < b.at; });
    }

    void setCell(std::string_view name, std::string_view cell, KubernetesEvent& event) const {
        if (name == "LAST SEEN") {
            const auto age = parseDuration(cell.substr(0, cell.find(' ')));
            if (age.ok() && *age >= 0 && *age < 3650 * kDay) {
                event.time.kind = ParsedTime::Kind::kInstant;
                event.time.value = reference() - *age;
            }
        } else if (name == "OBJECT") {
            const size_t slash = cell.find('/');
            std::string kind(cell.substr(0, slash));
            if (!kind.empty())
                kind[0] = static_cast<char>(kind[0] & ~0x20);
            event.objectKind = kind == "Replicaset" ? "ReplicaSet" : kind;
            event.objectName = slash == std::string_view::npos ? cell : cell.substr(slash + 1);
        } else if (name == "TYPE") {
            event.type = cell;
        } else if (name == "REASON") {
            event.reason = cell;
        } else if (name == "MESSAGE") {
            event.message = cell;
        } else if (name == "NAMESPACE") {
            event.nameSpace = cell;
        } else if (name == "COUNT") {
            text::parseInt(cell, event.count);
        }
    }
    [[nodiscard]] TimeNs reference() const { return rows_.clock().reference(); }

    LineBuffer lines_;
    std::vector<Column> columns_;
};

bool isTable(std::string_view bytes) {
    const std::string_view line = bytes.substr(0, bytes.find('\n'));
    return line.find("LAST SEEN") != std::string_view::npos && line.find("REASON") != std::string_view::npos && line.find("MESSAGE") != std::string_view::npos;
}

bool isJsonEvent(std::string_view bytes) {
    const std::string_view start = text::trimLeft(bytes.substr(0, 64));
    if (start.empty() || (start[0] != '{' && start[0] != '[' && start[0] != '\n' && start[0] != '\r'))
        return false;
    const bool kind = bytes.find("\"kind\":\"Event") != std::string_view::npos || bytes.find("\"kind\": \"Event") != std::string_view::npos;
    return kind && (bytes.find("\"involvedObject\"") != std::string_view::npos || bytes.find("\"regarding\"") != std::string_view::npos);
}

bool isYamlEvent(std::string_view bytes) {
    return bytes.substr(0, 1) != "{" && (bytes.find("kind: Event\n") != std::string_view::npos || bytes.find("kind: EventList\n") != std::string_view::npos) &&
           (bytes.find("involvedObject:") != std::string_view::npos || bytes.find("regarding:") != std::string_view::npos);
}

Confidence sniffJson(const Sample& sample) { return isJsonEvent(sample.bytes) ? 92 : 0; }
Confidence sniffYaml(const Sample& sample) { return isYamlEvent(sample.bytes) ? 92 : 0; }
Confidence sniffTable(const Sample& sample) { return isTable(sample.bytes) ? 92 : 0; }

template <typename Reader>
std::unique_ptr<FormatReader> open(const ReaderOptions& options) {
    return std::make_unique<Reader>(options);
}

}  // namespace

extern const Format kKubernetesEventsJson, kKubernetesEventsYaml, kKubernetesEventsTable;
const Format kKubernetesEventsJson = {"kubernetes_events", "Kubernetes events (JSON)", sniffJson, open<JsonEventsReader>};
const Format kKubernetesEventsYaml = {"kubernetes_events_yaml", "Kubernetes events (YAML)", sniffYaml, open<YamlEventsReader>};
const Format kKubernetesEventsTable = {"kubernetes_events_table", "Kubernetes events (table)", sniffTable, open<TableEventsReader>};

}  // namespace nj::format

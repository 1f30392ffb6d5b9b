// nvidia-smi's outputs: --query-gpu … --format=csv, dmon, -q and -q -x.
#include <algorithm>
#include <memory>

#include "format/format.h"
#include "format/log_text.h"
#include "format/nvidia_smi.h"

namespace nj::format {
namespace {

constexpr size_t kMaxLine = 1U << 16;

// Common to the forms made of lines.
class SmiReader : public FormatReader {
public:
    explicit SmiReader(const ReaderOptions& options) : samples_(options) {}
    Status feed(std::string_view chunk, const BatchConsumer& out) override {
        while (!chunk.empty()) {
            const size_t end = chunk.find('\n');
            if (line_.size() < kMaxLine)
                line_.append(chunk.substr(0, std::min(end, kMaxLine)));
            if (end == std::string_view::npos)
                break;
            chunk.remove_prefix(end + 1);
            endLine();
            if (!samples_.flushIfFull(out))
                return makeError(ErrorCode::kCancelled, "stopped");
        }
        return {};
    }
    Status pause(const BatchConsumer& out) override { return samples_.finish(out) ? Status() : makeError(ErrorCode::kCancelled, "stopped"); }
    Status finish(const BatchConsumer& out) override {
        if (!line_.empty())
            endLine();
        return samples_.finish(out) ? Status() : makeError(ErrorCode::kCancelled, "stopped");
    }
    [[nodiscard]] std::string assumptions() const override { return samples_.assumptions(); }

protected:
    virtual void take(std::string_view line) = 0;
    NvidiaSmiSamples samples_;
    uint64_t number_ = 0;

private:
    void endLine() {
        ++number_;
        take(text::trimRight(line_));
        line_.clear();
    }
    std::string line_;
};

class CsvReader final : public SmiReader {
public:
    using SmiReader::SmiReader;

private:
    static std::vector<std::string> cells(std::string_view line) {
        std::vector<std::string> result;
        while (result.size() < 256) {
            const size_t comma = line.find(',');
            result.emplace_back(text::trim(line.substr(0, comma)));
            if (comma == std::string_view::npos)
                break;
            line.remove_prefix(comma + 1);
        }
        return result;
    }
    void take(std::string_view line) override {
        if (line.empty())
            return;
        const auto row = cells(line);
        if (columns_.empty() || row == columns_) {   // -l repeats nothing, but appended files do
            columns_ = row;
            names_.clear();
            for (const std::string& column : row)
                names_.push_back(column.substr(0, column.find(" [")));
            return;
        }
        if (row.size() != columns_.size()) {
            samples_.reject("nvidia-smi row with another number of cells than its header", line, number_);
            return;
        }
        samples_.beginGpu();
        for (size_t i = 0; i < row.size(); ++i)
            place(names_[i], row[i]);
        for (size_t i = 0; i < row.size(); ++i)
            samples_.value(nvidiaMetricName(names_[i]), row[i]);
    }
    void place(const std::string& name, const std::string& cell) {
        if (name == "timestamp")
            samples_.time(cell);
        else if (name == "index")
            samples_.label("gpu", cell);
        else if (name == "uuid" || name == "gpu_uuid")
            samples_.label("UUID", cell);
        else if (name == "pci.bus_id" || name == "gpu_bus_id")
            samples_.label("pci_bus_id", cell);
        else if (name == "name" || name == "gpu_name")
            samples_.label("modelName", cell);
    }
    std::vector<std::string> columns_, names_;
};

// "# gpu   pwr gtemp …" and "# Idx  W  C …" above rows of numbers; with -o DT the date and time stand first.
class DmonReader final : public SmiReader {
public:
    using SmiReader::SmiReader;

private:
    void take(std::string_view line) override {
        const bool header = !line.empty() && line[0] == '#';
        if (header)
            line.remove_prefix(1);
        std::vector<std::string> words;
        for (size_t at = 0; at < line.size() && words.size() < 64;) {
            while (at < line.size() && text::isBlank(line[at]))
                ++at;
            size_t end = at;
            while (end < line.size() && !text::isBlank(line[end]))
                ++end;
            if (end > at)
                words.emplace_back(line.substr(at, end - at));
            at = end;
        }
        if (words.empty())
            return;
        if (header) {
            if (std::find(words.begin(), words.end(), "gpu") != words.end())
                columns_ = words;
            return;
        }
        if (words.size() != columns_.size()) {
            samples_.reject("nvidia-smi dmon row with another number of cells than its header", line, number_);
            return;
        }
        samples_.beginGpu();
        std::string stamp;
        for (size_t i = 0; i < words.size(); ++i) {
            if (columns_[i] == "gpu")
                samples_.label("gpu", words[i]);
            else if (columns_[i] == "Date" || columns_[i] == "Time")
                stamp += (stamp.empty() ? "" : " ") + words[i];
        }
        if (!stamp.empty())
            samples_.time(stamp);
        for (size_t i = 0; i < words.size(); ++i)
            samples_.value(nvidiaMetricName(columns_[i]), words[i]);
    }
    std::vector<std::string> columns_;
};

// Sections by indentation, "Label : value" in them.
class QueryReader final : public SmiReader {
public:
    using SmiReader::SmiReader;

private:
    void take(std::string_view line) override {
        const std::string_view trimmed = text::trimLeft(line);
        const size_t indent = line.size() - trimmed.size();
        if (trimmed.empty())
            return;
        if (indent == 0 && trimmed.substr(0, 4) == "GPU " && trimmed.find(':') != std::string_view::npos && trimmed.find(" : ") == std::string_view::npos) {
            samples_.beginGpu();
            samples_.label("pci_bus_id", trimmed.substr(4));
            section_.clear();
            return;
        }
        const size_t colon = trimmed.find(" : ");
        if (colon == std::string_view::npos) {
            section_ = trimmed;
            sectionIndent_ = indent;
            return;
        }
        const std::string_view label = text::trim(trimmed.substr(0, colon));
        const std::string_view value = trimmed.substr(colon + 3);
        if (indent <= sectionIndent_)
            section_.clear();
        if (label == "Timestamp")
            samples_.time(value);
        else if (label == "Product Name")
            samples_.label("modelName", value);
        else if (label == "GPU UUID")
            samples_.label("UUID", value);
        else if (label == "Minor Number")
            samples_.label("gpu", value);
        else
            samples_.value(nvidiaMetricName(section_ + "/" + std::string(label)), value);
    }
    std::string section_;
    size_t sectionIndent_ = 0;
};

// The elements of -x: names and texts in order; nothing else of XML is needed.
class XmlReader final : public SmiReader {
public:
    using SmiReader::SmiReader;

private:
    void take(std::string_view line) override {
        for (size_t at = 0; at < line.size();) {
            if (line[at] != '<') {
                const size_t end = std::min(line.find('<', at), line.size());
                text_ = text::trim(line.substr(at, end - at));
                at = end;
                continue;
            }
            const size_t end = line.find('>', at);
            if (end == std::string_view::npos) {
                samples_.reject("unclosed element in nvidia-smi's XML", line, number_);
                return;
            }
            element(line.substr(at + 1, end - at - 1));
            at = end + 1;
        }
    }
    void element(std::string_view tag) {
        if (tag.empty() || tag[0] == '?' || tag[0] == '!' || tag.back() == '/')
            return;
        if (tag[0] == '/') {
            leave(tag.substr(1));
            return;
        }
        const std::string_view name = tag.substr(0, tag.find(' '));
        if (path_.size() < 32)
            path_.emplace_back(name);
        text_.clear();
        if (name == "gpu") {
            samples_.beginGpu();
            const size_t id = tag.find("id=\"");
            if (id != std::string_view::npos)
                samples_.label("pci_bus_id", tag.substr(id + 4, tag.find('"', id + 4) - id - 4));
        }
    }
    void leave(std::string_view name) {
        if (path_.empty() || path_.back() != name)
            return;
        path_.pop_back();
        const std::string parent = path_.empty() ? std::string() : path_.back();
        if (name == "timestamp")
            samples_.time(text_);
        else if (parent == "gpu" && name == "product_name")
            samples_.label("modelName", text_);
        else if (parent == "gpu" && name == "uuid")
            samples_.label("UUID", text_);
        else if (parent == "gpu" && name == "minor_number")
            samples_.label("gpu", text_);
        else
            samples_.value(nvidiaMetricName(parent + "/" + std::string(name)), text_);
        text_.clear();
    }
    std::vector<std::string> path_;
    std::string text_;
};

Confidence sniffCsv(const Sample& sample) {
    const std::string_view header = sample.bytes.substr(0, std::min<size_t>(sample.bytes.find('\n'), 4096));
    size_t known = 0;
    for (const std::string_view word : {"timestamp", "index", "uuid", "pci.bus_id", "utilization.gpu", "memory.used", "temperature.gpu", "power.draw", "clocks.", "memory.total"})
        known += header.find(word) != std::string_view::npos;
    return known >= 2 && header.find(',') != std::string_view::npos && header.find('{') == std::string_view::npos && (header.find(".gpu") != std::string_view::npos || header.find("memory.") != std::string_view::npos || header.find("power.draw") != std::string_view::npos) ? 92 : 0;
}
Confidence sniffDmon(const Sample& sample) {
    const std::string_view header = sample.bytes.substr(0, std::min<size_t>(sample.bytes.find('\n'), 400));
    return header.substr(0, 1) == "#" && header.find(" gpu ") != std::string_view::npos && (header.find(" pwr ") != std::string_view::npos || header.find(" sm ") != std::string_view::npos || header.find(" fb ") != std::string_view::npos) ? 92 : 0;
}
Confidence sniffQuery(const Sample& sample) { return sample.bytes.substr(0, 4096).find("==NVSMI LOG==") != std::string_view::npos ? 95 : 0; }
Confidence sniffXml(const Sample& sample) { return sample.bytes.substr(0, 4096).find("<nvidia_smi_log") != std::string_view::npos ? 95 : 0; }

template <typename Reader>
std::unique_ptr<FormatReader> open(const ReaderOptions& options) {
    return std::make_unique<Reader>(options);
}

}  // namespace

extern const Format kNvidiaSmiCsv, kNvidiaSmiDmon, kNvidiaSmiQuery, kNvidiaSmiXml;
const Format kNvidiaSmiCsv = {"nvidia_smi_csv", "nvidia-smi --query-gpu (CSV)", sniffCsv, open<CsvReader>};
const Format kNvidiaSmiDmon = {"nvidia_smi_dmon", "nvidia-smi dmon", sniffDmon, open<DmonReader>};
const Format kNvidiaSmiQuery = {"nvidia_smi", "nvidia-smi -q", sniffQuery, open<QueryReader>};
const Format kNvidiaSmiXml = {"nvidia_smi_xml", "nvidia-smi -q -x", sniffXml, open<XmlReader>};

}  // namespace nj::format

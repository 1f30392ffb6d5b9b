#include "format/log_columns.h"

#include "format/log_shapes.h"
#include "format/log_text.h"
#include "format/severity_words.h"
#include "format/timestamp_zone.h"

namespace nj::format {
namespace {

struct ColumnName {
    std::string_view column;
    std::string_view attribute;
};

constexpr ColumnName kNames[] = {
    {"c-ip", "client.address"},          {"cs-method", "http.request.method"},   {"cs-uri-stem", "url.path"},       {"cs-uri", "url.path"},
    {"cs-uri-query", "url.query"},       {"sc-status", "http.response.status_code"}, {"cs(User-Agent)", "user_agent.original"}, {"cs-username", "user.name"},
    {"s-ip", "server.address"},          {"s-port", "server.port"},              {"sc-bytes", "http.response.body.size"}, {"cs-bytes", "http.request.body.size"},
    {"cs(Referer)", "http.request.header.referer"}, {"cs-version", "network.protocol.version"}, {"cs-host", "http.request.header.host"},
    {"id.orig_h", "client.address"},     {"id.orig_p", "client.port"},           {"id.resp_h", "server.address"},   {"id.resp_p", "server.port"},
    {"method", "http.request.method"},   {"uri", "url.path"},                    {"status_code", "http.response.status_code"}, {"user_agent", "user_agent.original"},
};

std::string_view attributeOf(std::string_view column) {
    for (const ColumnName& name : kNames)
        if (name.column == column)
            return name.attribute;
    return column;
}

}  // namespace

bool LogColumnsHeader::takeDirective(std::string_view line) {
    const bool zeek = line.compare(0, 8, "#fields\t") == 0;
    if (zeek || line.compare(0, 8, "#Fields:") == 0) {
        separator_ = zeek ? '\t' : ' ';
        names_.clear();
        size_t at = 8;
        while (at < line.size() && names_.size() < 256) {
            while (at < line.size() && (line[at] == separator_ || (!zeek && line[at] == '\t')))
                ++at;
            size_t end = at;
            while (end < line.size() && line[end] != separator_ && (zeek || line[end] != '\t'))
                ++end;
            if (end > at)
                names_.emplace_back(line.substr(at, end - at));
            at = end;
        }
        return true;
    }
    if (line.compare(0, 6, "#Date:") == 0 || line.compare(0, 12, "#Start-Date:") == 0) {
        ParsedTime parsed;
        const std::string_view value = text::trim(line.substr(line.find(':') + 1));
        if (parseTimestamp(value, parsed) > 0 && parsed.kind == ParsedTime::Kind::kCivil && parsed.hasYear)
            date_ = parsed.value - parsed.value % kDay;
        return true;
    }
    if (line.compare(0, 12, "#GMT-Offset:") == 0) {
        int32_t minutes = 0;
        if (parseZone(text::trim(line.substr(12)), minutes) > 0)
            offset_ = minutes;
        return true;
    }
    for (const std::string_view known : {"#Version:", "#Software:", "#Remark:", "#End-Date:", "#separator", "#set_separator", "#empty_field", "#unset_field", "#path", "#open", "#close", "#types"})
        if (line.compare(0, known.size(), known) == 0)
            return true;
    return false;
}

std::optional<TimeNs> LogColumnsHeader::takeDate() { return std::exchange(date_, std::nullopt); }
std::optional<int32_t> LogColumnsHeader::takeOffset() { return std::exchange(offset_, std::nullopt); }

bool LogColumnsHeader::addColumn(std::string_view name, std::string_view value, LogLine& out, std::string_view& date, std::string_view& time) const {
    if (value.empty() || value == "-" || value == "(empty)")
        return true;
    if (name == "date" || name == "date-local") {
        date = value;
    } else if (name == "time" || name == "time-local") {
        time = value;
    } else if (name == "ts") {
        double seconds = 0;
        return text::parseDouble(value, seconds) && instantFromNumber(seconds, out.time);
    } else {
        const std::string_view attribute = attributeOf(name);
        int64_t status = 0;
        if (attribute == "http.response.status_code" && text::parseInt(value, status))
            out.severity = severityFromHttpStatus(status);
        if (attribute.find("address") != std::string_view::npos || attribute.substr(0, 3) == "url")
            out.addString(attribute, value);
        else
            out.addNumberOrString(attribute, value);
    }
    return true;
}

bool LogColumnsHeader::parse(std::string_view line, LogLine& out) const {
    std::string_view date, time;
    size_t at = 0;
    size_t column = 0;
    while (at <= line.size() && column < names_.size()) {
        std::string_view value;
        size_t end = at;
        bool escaped = false;
        if (separator_ == ' ' && at < line.size() && line[at] == '"' && text::quoted(line, at, value, end, escaped)) {
        } else {
            end = line.find(separator_, at);
            if (separator_ == ' ')
                end = std::min(end, line.find('\t', at));
            if (end == std::string_view::npos)
                end = line.size();
            value = line.substr(at, end - at);
        }
        if (!addColumn(names_[column], value, out, date, time))
            return false;
        ++column;
        at = end + 1;
        while (separator_ == ' ' && at < line.size() && line[at] == ' ')
            ++at;
    }
    if (!out.time && !time.empty()) {
        std::string& stamp = out.ownBuffer();
        if (!date.empty())
            stamp.append(date).append(" ");
        stamp.append(time);
        if (parseTimestamp(stamp, out.time) == 0)
            return false;
    }
    out.body = line;
    out.bodyToEnd = false;
    return static_cast<bool>(out.time) && column >= 2;
}

}  // namespace nj::format

#include "format/log_batch.h"

#include <algorithm>

#include "base/utf8.h"
#include "format/log_text.h"

namespace nj::format {
namespace {

constexpr size_t kHeldLimit = 48U << 20;
constexpr size_t kMaxColumns = 1024;
constexpr size_t kEventLimit = 2000;   // of one batch: a line that repeats is no incident a thousand times

AttributeValue valueOf(const LogField& field) {
    AttributeValue value;
    value.type = field.type;
    value.text = field.text;
    value.integer = field.integer;
    value.number = field.number;
    return value;
}

}  // namespace

LogBatch::LogBatch(const ReaderOptions& options, Resource base) : clock_(options), base_(std::move(base)), baseService_(base_.service()) { lastSeverityText_.fill(kNoIndex); }

void LogBatch::placeTime(const LogLine& record) {
    LogColumns& logs = batch_.logs;
    uint8_t flags = 0;
    TimeNs time = 0;
    if (record.time) {
        time = clock_.resolve(record.time, flags);
        if (flags & kTimeFromUptime) {
            lastUptime_ = std::max(lastUptime_, time);
            uptimePlaced_ = true;
            if (boot_ && !holding_)
                time += *boot_;
            else
                holding_ = true;
        }
        if (!anyTime_) {
            for (size_t row = firstUntimed_; row < logs.size(); ++row) {
                logs.time[row] = time;
                logs.timeFlags[row] = static_cast<uint8_t>(flags | kTimeFromNeighbour);
            }
            anyTime_ = true;
        }
        lastTime_ = time;
        lastFlags_ = flags;
    } else if (anyTime_) {
        time = lastTime_;
        flags = static_cast<uint8_t>(lastFlags_ | kTimeFromNeighbour);
    } else {
        flags = kTimeNone;
    }
    logs.time.push_back(time);
    logs.timeFlags.push_back(flags);
}

void LogBatch::appendBody(const LogLine& record, const Row& row) {
    LogColumns& logs = batch_.logs;
    logs.original.append(row.original);
    logs.bodyType.push_back(record.bodyType);
    std::string_view body = row.bodyIsOriginal ? row.original : record.body;
    if (!row.bodyIsOriginal && record.bodyToEnd && body.data() >= row.original.data() && body.data() <= row.original.data() + row.original.size())
        body = row.original.substr(static_cast<size_t>(body.data() - row.original.data()));
    if (!row.bodyIsOriginal) {
        body = text::trimRight(body);
        while (!body.empty() && (body[0] == '\n' || body[0] == '\r'))   // nothing stood beside the time
            body.remove_prefix(1);
    }
    const bool inside = body.data() >= row.original.data() && body.data() + body.size() <= row.original.data() + row.original.size();
    const bool valid = isValidUtf8(body);
    if (inside && valid) {
        logs.bodyOffset.push_back(static_cast<uint32_t>(body.data() - row.original.data()));
        logs.bodyLength.push_back(static_cast<uint32_t>(body.size()));
        logs.body.append({});
        return;
    }
    logs.bodyOffset.push_back(kNoIndex);
    logs.bodyLength.push_back(0);
    if (valid) {
        logs.body.append(body);
        return;
    }
    countHealth(HealthSeverity::kRepaired, "invalid UTF-8 in a log line", body.substr(0, 256), 0, row.line);
    logs.body.append(repairUtf8(body));
}

void LogBatch::addFields(const LogLine& record, uint32_t row) {
    AttributeColumns& columns = batch_.logs.attributes;
    for (const LogField& field : record.fields) {
        switch (field.type) {
        case ValueType::kInt: columns.addInt(row, field.key, field.integer); break;
        case ValueType::kDouble: columns.addDouble(row, field.key, field.number); break;
        case ValueType::kBool: columns.addBool(row, field.key, field.integer != 0); break;
        case ValueType::kString:
        case ValueType::kJson:
        case ValueType::kBytes:
            if (isValidUtf8(field.text))
                columns.addText(row, field.key, field.type, field.text);
            else
                columns.addText(row, field.key, field.type, repairUtf8(field.text));
            break;
        case ValueType::kEmpty: columns.addEmpty(row, field.key); break;
        }
    }
}

// "rtc_cmos 00:04: setting system clock to 2026-02-24T06:12:33 UTC (1771913553)" says when the machine started.
void LogBatch::noticeBoot(const LogLine& record) {
    const size_t found = record.body.find("setting system clock to ");
    if (record.time.kind != ParsedTime::Kind::kUptime || found == std::string_view::npos)
        return;
    const size_t open = record.body.find('(', found);
    int64_t seconds = 0;
    ParsedTime instant;
    if (open == std::string_view::npos || text::leadingDigits(record.body.substr(open + 1), seconds) == 0 || !instantFromInteger(seconds, instant))
        return;
    boot_ = instant.value - record.time.value;
    bootSaid_ = true;
    if (holding_ && held_.empty()) {
        placeUptime(batch_, *boot_);
        lastTime_ += *boot_;
        holding_ = false;
    }
}

void LogBatch::addEvent(LogEvent&& found, const LogLine& record, uint32_t row) {
    if (batch_.events.size() >= kEventLimit)
        return;
    IncidentEvent event;
    event.time = batch_.logs.time[row];
    event.kind = found.kind;
    event.title = std::move(found.title);
    event.entity = found.entity.empty() ? std::string(!record.host.empty() && record.kernel ? record.host : (record.service.empty() ? std::string_view(baseService_) : record.service)) : std::move(found.entity);
    event.severity = found.severity != 0 ? found.severity : record.severity;
    event.logRow = row;
    batch_.events.push_back(std::move(event));
}

void LogBatch::addIncident(std::string_view kind, std::string_view title, std::string_view entity, uint8_t severity) {
    IncidentEvent event;
    event.logRow = static_cast<uint32_t>(batch_.logs.size() - 1);
    event.time = batch_.logs.time.back();
    event.kind = kind;
    event.title = repairUtf8(utf8Prefix(title, 200));
    event.entity = repairUtf8(entity);
    event.severity = severity;
    batch_.events.push_back(std::move(event));
}

uint32_t LogBatch::resourceOf(const LogLine& record) {
    const bool bare = record.service.empty() && record.host.empty() && record.resource.empty();
    if (bare && bareResource_ != kNoIndex)
        return bareResource_;
    resourceKey_.clear();
    resourceKey_.append(record.service).append(1, '\0').append(record.host);
    for (const LogField& field : record.resource)
        resourceKey_.append(1, '\0').append(field.key).append(1, '=').append(field.text);
    if (lastResource_ != kNoIndex && resourceKey_ == lastResourceKey_)
        return lastResource_;
    const uint32_t code = resourceKeys_.intern(resourceKey_);
    if (code == resourceIndexes_.size()) {
        Resource resource;
        const std::string_view service = record.service.empty() ? std::string_view(baseService_) : record.service;
        if (!service.empty())
            resource.attributes.push_back({"service.name", AttributeValue::ofString(repairUtf8(service))});
        if (!record.host.empty())
            resource.attributes.push_back({"host.name", AttributeValue::ofString(repairUtf8(record.host))});
        for (const KeyValue& attribute : base_.attributes)
            if (findAttribute(resource.attributes, attribute.key) == nullptr)
                resource.attributes.push_back(attribute);
        for (const LogField& field : record.resource)
            if (findAttribute(resource.attributes, field.key) == nullptr)
                resource.attributes.push_back({std::string(field.key), valueOf(field)});
        batch_.resources.push_back(std::move(resource));
        resourceIndexes_.push_back(static_cast<uint32_t>(batch_.resources.size() - 1));
    }
    lastResourceKey_ = resourceKey_;
    lastResource_ = resourceIndexes_[code];
    if (bare)
        bareResource_ = lastResource_;
    return lastResource_;
}

// Most lines of a file write a level the same way: the code of the last text of each is kept.
uint32_t LogBatch::severityTextOf(const LogLine& record) {
    const std::string_view text = record.severityText.substr(0, 64);
    if (text.empty())
        return kNoIndex;
    uint32_t& last = lastSeverityText_[record.severity % lastSeverityText_.size()];
    if (last == kNoIndex || batch_.strings.view(last) != text)
        last = batch_.strings.intern(text);
    return last;
}

uint32_t LogBatch::scopeOf(std::string_view logger) {
    if (logger.empty())
        return kNoIndex;
    if (lastScope_ != kNoIndex && lastLogger_ == logger)
        return lastScope_;
    const uint32_t code = scopeNames_.intern(logger);
    if (code == scopeIndexes_.size()) {
        Scope scope;
        scope.name = repairUtf8(logger);
        batch_.scopes.push_back(std::move(scope));
        scopeIndexes_.push_back(static_cast<uint32_t>(batch_.scopes.size() - 1));
    }
    lastLogger_ = logger;
    lastScope_ = scopeIndexes_[code];
    return lastScope_;
}

void LogBatch::add(LogLine& record, const Row& row) {
    LogColumns& logs = batch_.logs;
    const auto index = static_cast<uint32_t>(logs.size());
    if (record.kernel && !boot_)
        noticeBoot(record);
    LogEvent event = row.part <= 1 && row.findEvents ? findLogEvent(record) : LogEvent();
    placeTime(record);
    uint8_t ignored = 0;
    logs.observedTime.push_back(record.observed ? clock_.resolve(record.observed, ignored) : 0);
    logs.severityNumber.push_back(record.severity);
    logs.severityText.push_back(severityTextOf(record));
    appendBody(record, row);
    logs.traceId.push_back(record.traceId);
    logs.spanId.push_back(record.spanId);
    logs.eventName.push_back(record.eventName.empty() ? kNoIndex : batch_.strings.intern(record.eventName));
    logs.resource.push_back(resourceOf(record));
    logs.scope.push_back(scopeOf(record.logger));
    logs.flags.push_back(record.flags);
    logs.droppedAttributes.push_back(record.droppedFields);
    logs.line.push_back(row.line);
    logs.part.push_back(row.part);
    if (!event.kind.empty())
        addEvent(std::move(event), record, index);
    addFields(record, index);
}

void LogBatch::countHealth(HealthSeverity severity, std::string_view reason, std::string_view example, uint64_t offset, uint64_t line) {
    for (HealthRecord& record : health_) {
        if (record.reason == reason) {
            ++record.count;
            return;
        }
    }
    HealthRecord record;
    record.severity = severity;
    record.reason = reason;
    record.example = repairUtf8(utf8Prefix(example, 200));
    if (record.example.size() > 256)
        record.example = std::string(utf8Prefix(record.example, 256));
    record.offset = offset;
    record.line = line;
    health_.push_back(std::move(record));
}

// Batches of one file are alike: what the last one took is reserved for the next.
void LogBatch::startBatch(size_t rows, size_t bytes) {
    batch_ = Batch();
    LogColumns& logs = batch_.logs;
    logs.original.reserve(rows, bytes + bytes / 16);
    for (auto* column : {&logs.time, &logs.observedTime})
        column->reserve(rows);
    for (auto* column : {&logs.severityText, &logs.bodyOffset, &logs.bodyLength, &logs.eventName, &logs.resource, &logs.scope, &logs.flags, &logs.droppedAttributes, &logs.part})
        column->reserve(rows);
    logs.traceId.reserve(rows);
    logs.spanId.reserve(rows);
    logs.line.reserve(rows);
    firstUntimed_ = 0;
    lastResource_ = bareResource_ = lastScope_ = kNoIndex;
    lastSeverityText_.fill(kNoIndex);
    resourceKeys_.clear();
    scopeNames_.clear();
    resourceIndexes_.clear();
    scopeIndexes_.clear();
}

bool LogBatch::flush(const BatchConsumer& out) {
    if (holding_ || batch_.logs.size() == 0)
        return true;
    Batch some = std::move(batch_);
    startBatch(0, 0);
    return out(std::move(some));
}

bool LogBatch::flushIfFull(const BatchConsumer& out) {
    const LogColumns& logs = batch_.logs;
    // Columns are found by walking over them: rows with ever new keys go out in small batches.
    if (logs.size() < kBatchRows && logs.attributes.columns().size() < kMaxColumns && logs.original.byteSize() + logs.body.byteSize() < kBatchBytes / 2)
        return true;
    const size_t rows = logs.size();
    const size_t bytes = logs.original.byteSize();
    if (holding_)
        return hold(out);
    Batch full = std::move(batch_);
    startBatch(rows, bytes);
    return out(std::move(full));
}

// Uptimes are placed at the end of the file, whose date is the time of its last line; a file too long for that is placed by the first part.
bool LogBatch::hold(const BatchConsumer& out) {
    heldBytes_ += batch_.byteSize();
    held_.push_back(std::move(batch_));
    startBatch(0, 0);
    return heldBytes_ < kHeldLimit || release(out);
}

void LogBatch::placeUptime(Batch& batch, TimeNs boot) const {
    for (size_t row = 0; row < batch.logs.size(); ++row)
        if (batch.logs.timeFlags[row] & kTimeFromUptime)
            batch.logs.time[row] += boot;
    for (IncidentEvent& event : batch.events)
        if (event.logRow != kNoIndex && (batch.logs.timeFlags[event.logRow] & kTimeFromUptime))
            event.time += boot;
}

bool LogBatch::release(const BatchConsumer& out) {
    if (!boot_)
        boot_ = clock_.reference() - lastUptime_;
    holding_ = false;
    if (lastFlags_ & kTimeFromUptime)
        lastTime_ += *boot_;
    placeUptime(batch_, *boot_);
    std::vector<Batch> held = std::move(held_);
    held_.clear();
    for (Batch& batch : held) {
        placeUptime(batch, *boot_);
        if (!out(std::move(batch)))
            return false;
    }
    return true;
}

bool LogBatch::finish(const BatchConsumer& out) {
    if (holding_ && !release(out))
        return false;
    batch_.health.insert(batch_.health.end(), health_.begin(), health_.end());
    health_.clear();
    if (batch_.empty())
        return true;
    Batch last = std::move(batch_);
    startBatch(0, 0);
    return out(std::move(last));
}

std::string LogBatch::assumptions() const {
    std::string text = clock_.assumptions();
    if (uptimePlaced_) {
        if (!text.empty())
            text += "; ";
        text += bootSaid_ ? "uptimes counted from the boot time the log itself tells" : "uptimes counted back from the file's date, taken as the time of the last line";
    }
    return text;
}

}  // namespace nj::format

#include "ingest/member_decoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/utf8.h"
#include "ingest/database_member.h"
#include "ingest/incident_events.h"
#include "ingest/media_type.h"

namespace nj::ingest {
namespace {

constexpr size_t kMessageCost = 512;

// The stable phrase by which unread pieces are counted.
const char* reasonOf(ErrorCode code) {
    switch (code) {
    case ErrorCode::kLimit: return "stopped at a limit";
    case ErrorCode::kMalformed: return "damaged archive or stream";
    case ErrorCode::kUnsupported: return "not read";
    case ErrorCode::kNotFound: return "missing";
    default: return "could not be read";
    }
}

HealthRecord lostRecord(const Error& error, uint64_t offset) {
    HealthRecord record;
    record.severity = HealthSeverity::kLost;
    record.reason = reasonOf(error.code);
    record.example = std::string(utf8Prefix(error.message, 256));
    record.offset = offset;
    return record;
}

Batch lostBatch(const Error& error) {
    Batch lost;
    lost.health.push_back(lostRecord(error, 0));
    return lost;
}

std::string zoneText(std::optional<int32_t> minutes) {
    if (!minutes || *minutes == 0)
        return "UTC";
    return fmt::format("{}{:02}:{:02}", *minutes < 0 ? '-' : '+', std::abs(*minutes) / 60, std::abs(*minutes) % 60);
}

}  // namespace

bool MemberDecoder::push(DecodeMessage message, size_t cost) {
    lastMessage_ = std::chrono::steady_clock::now();
    running_ = running_ && shared_.queue.push(std::move(message), cost);
    return running_;
}

void MemberDecoder::tick() {
    const auto now = std::chrono::steady_clock::now();
    if (now - lastMessage_ < std::chrono::milliseconds(80))
        return;
    lastMessage_ = now;
    DecodeMessage message = Tick{};
    shared_.queue.tryPush(message, 0);
}

std::optional<int32_t> MemberDecoder::zoneFor(const std::string& label) const {
    for (const ZoneRule& rule : shared_.options.zones)
        if (label.find(rule.pathContains) != std::string::npos)
            return rule.offsetMinutes;
    return shared_.options.zoneOffsetMinutes;
}

void MemberDecoder::onProblem(const std::string& label, const Error& error) {
    if (error.code == ErrorCode::kCancelled)
        return;
    const size_t id = shared_.nextMember++;
    ImportStart start;
    start.path = label;
    start.startedAt = shared_.now;
    MemberBatch lost{id, {}};
    lost.batch.health.push_back(lostRecord(error, 0));
    MemberEnd end{id, {}, error.message};
    end.end.contentHash = hash128(label + '\0' + error.message);
    end.end.finishedAt = nowNs();
    end.end.note = error.message;
    push(MemberBegin{id, std::move(start)}, kMessageCost);
    push(std::move(lost), kMessageCost);
    push(std::move(end), kMessageCost);
}

void MemberDecoder::begin(const Reading& reading, const std::string& path) {
    ImportStart start;
    start.path = path;
    start.format = reading.format ? reading.format->name : "";
    start.startedAt = nowNs();
    start.size = reading.member.sizeOnDisk;
    push(MemberBegin{reading.id, std::move(start)}, kMessageCost);
}

void MemberDecoder::onMember(Member& member) {
    if (member.bytes.sample().empty() && member.bytes.complete()) {
        ++shared_.emptyMembers;
        return;
    }
    if (shared_.options.format.empty()) {
        if (isDatabase(member))
            return readDatabase(member);
        const BesideDatabase beside = besideDatabase(member);
        if (beside == BesideDatabase::kOnDisk)
            return;
        if (beside == BesideDatabase::kAlone)
            return onProblem(member.label, makeError(ErrorCode::kUnsupported, "a log of a SQLite database is read only with the database, where both lie in one folder on disk"));
    }
    Reading reading(shared_.nextMember++, member);
    reading.format = shared_.options.format.empty() ? detect(member) : format::findFormat(shared_.options.format);
    if (reading.format) {
        format::ReaderOptions options;
        options.path = member.namePath;
        options.zoneOffsetMinutes = zoneFor(member.label);
        options.modifiedAt = member.modifiedAt;
        options.now = shared_.now;
        reading.reader = reading.format->open(options);
    }
    const MediaType media = mediaTypeOf(member.bytes.sample(), member.namePath);
    reading.keeping = media.isText;
    begin(reading, member.label);
    readAll(reading);
    if (!running_ || (reading.sourceError && reading.sourceError->code == ErrorCode::kCancelled))
        return;
    finishReader(reading);
    // Nothing in it had a time or a value: a file to be listed and searched.
    if (!reading.reader || (reading.rows == 0 && shared_.options.format.empty()))
        finishDocument(reading);
    end(reading);
}

// A database is read through SQLite instead of front to back; else it is a member as any other.
void MemberDecoder::readDatabase(Member& member) {
    Reading reading(shared_.nextMember++, member);
    begin(reading, member.label);
    DatabaseMember database(member, shared_.options, zoneFor(member.label));
    const auto pushed = [&](Batch&& batch) {
        tick();
        return pushBatch(reading, std::move(batch));
    };
    const Status status = database.read(pushed, [this] { tick(); });
    if (!running_ || (!status.ok() && status.error().code == ErrorCode::kCancelled))
        return;
    if (!status.ok())
        pushBatch(reading, lostBatch(status.error()));
    MemberEnd message{reading.id, {}, status.ok() ? database.problem() : status.error().message};
    message.end.contentHash = reading.rows > 0 ? database.contentHash() : hash128(member.label + '\0' + message.problem);
    message.end.bytesRead = database.bytes();
    message.end.format = database.format();
    message.end.note = database.note();
    if (!message.problem.empty())
        message.end.note = message.end.note.empty() ? message.problem : message.end.note + " " + message.problem;
    message.end.finishedAt = nowNs();
    push(std::move(message), kMessageCost);
}

// A pipe may have paused behind its first lines: what they may be is asked again with more of them, until it is certain.
const format::Format* MemberDecoder::detect(Member& member) {
    while (true) {
        const format::Sample look{member.bytes.sample(), member.namePath, member.bytes.complete()};
        const format::Format* format = format::detectFormat(look);
        if (member.bytes.full() || (format != nullptr && format->sniff(look) >= format::kCertain))
            return format;
        member.bytes.peekMore();
    }
}

void MemberDecoder::pause(Reading& reading) {
    if (!reading.reader || reading.formatError)
        return;
    const Status paused = reading.reader->pause([&](Batch&& batch) { return pushBatch(reading, std::move(batch)); });
    if (!paused.ok())
        reading.formatError = paused.error();
}

void MemberDecoder::readAll(Reading& reading) {
    while (running_) {
        if (!reading.member.bytes.ready(PeekedSource::kPatience))
            pause(reading);
        auto n = reading.member.bytes.read(buffer_.data(), buffer_.size());
        if (!n.ok()) {
            reading.sourceError = n.error();
            return;
        }
        if (*n == 0)
            return;
        take(reading, {buffer_.data(), *n});
        tick();
    }
}

// Bytes after an error of the format are still hashed: the identity of the member is that of all its bytes.
void MemberDecoder::take(Reading& reading, std::string_view chunk) {
    reading.hash.add(chunk);
    if (reading.keeping && reading.kept.size() < shared_.options.limits.documentBytes)
        reading.kept.append(chunk.substr(0, shared_.options.limits.documentBytes - reading.kept.size()));
    reading.bytes += chunk.size();
    if (!reading.reader || reading.formatError)
        return;
    const Status fed = reading.reader->feed(chunk, [&](Batch&& batch) { return pushBatch(reading, std::move(batch)); });
    if (!fed.ok())
        reading.formatError = fed.error();
}

bool MemberDecoder::pushBatch(Reading& reading, Batch&& batch) {
    reading.rows += batch.rowCount() + batch.series.size() + batch.events.size();
    if (reading.rows > 0 && reading.keeping) {
        reading.keeping = false;
        std::string().swap(reading.kept);
    }
    const auto& flags = batch.logs.timeFlags;
    reading.assumedZone = reading.assumedZone || std::any_of(flags.begin(), flags.end(), [](uint8_t f) { return (f & kTimeAssumedZone) != 0; });
    addIncidentEvents(batch);
    const size_t cost = batch.byteSize() + kMessageCost;
    return push(MemberBatch{reading.id, std::move(batch)}, cost);
}

void MemberDecoder::finishReader(Reading& reading) {
    if (reading.reader && !reading.formatError) {
        const Status finished = reading.reader->finish([&](Batch&& batch) { return pushBatch(reading, std::move(batch)); });
        if (!finished.ok())
            reading.formatError = finished.error();
    }
    Batch lost;
    if (reading.sourceError)
        lost.health.push_back(lostRecord(*reading.sourceError, reading.bytes));
    if (reading.formatError && reading.rows > 0) {
        lost.health.push_back(lostRecord(*reading.formatError, reading.bytes));
        lost.health.back().reason = "the rest is not of the format";
    }
    if (!lost.health.empty())
        pushBatch(reading, std::move(lost));
}

void MemberDecoder::finishDocument(Reading& reading) {
    // An error before the first byte leaves nothing to list.
    if (reading.bytes == 0)
        return;
    const MediaType media = mediaTypeOf(reading.member.bytes.sample(), reading.member.namePath);
    Batch batch;
    Document document;
    document.path = reading.member.label;
    document.mediaType = media.name;
    document.size = reading.bytes;
    if (media.isText)
        document.text = isValidUtf8(reading.kept) ? std::move(reading.kept) : repairUtf8(utf8Prefix(reading.kept, reading.kept.size()));
    batch.documents.push_back(std::move(document));
    pushBatch(reading, std::move(batch));
    reading.format = nullptr;
}

void MemberDecoder::end(Reading& reading) {
    MemberEnd message{reading.id, {}, {}};
    message.end.contentHash = reading.hash.value();
    message.end.bytesRead = reading.bytes;
    message.end.format = reading.format ? reading.format->name : "document";
    if (reading.assumedZone)
        message.end.assumedZone = zoneText(zoneFor(reading.member.label));
    if (reading.reader && reading.format)
        message.end.note = reading.reader->assumptions();
    if (reading.sourceError)
        message.problem = reading.sourceError->message;
    else if (reading.formatError && reading.rows > 0)
        message.problem = reading.formatError->message;
    if (!message.problem.empty())
        message.end.note = message.end.note.empty() ? message.problem : message.end.note + "; " + message.problem;
    message.end.finishedAt = nowNs();
    push(std::move(message), kMessageCost);
}

}  // namespace nj::ingest

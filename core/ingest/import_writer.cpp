#include "ingest/import_writer.h"

namespace nj::ingest {

Status ImportWriter::write(DecodeMessage&& message) {
    if (const auto* begun = std::get_if<MemberBegin>(&message))
        return begin(*begun);
    if (auto* batch = std::get_if<MemberBatch>(&message))
        return add(std::move(*batch));
    if (const auto* ended = std::get_if<MemberEnd>(&message))
        return end(*ended);
    return {};
}

Status ImportWriter::begin(const MemberBegin& message) {
    NJ_ASSIGN(const ImportId id, sink_.beginImport(message.start));
    Open& open = members_[message.member];
    open.report.path = message.start.path;
    open.report.import = id;
    open.report.format = message.start.format;
    lastMember_ = message.start.path;
    return {};
}

Status ImportWriter::add(MemberBatch&& message) {
    MemberReport& report = members_.at(message.member).report;
    const uint64_t rows = message.batch.rowCount();
    report.rows += rows;
    rows_ += rows;
    for (const HealthRecord& record : message.batch.health)
        if (record.severity >= HealthSeverity::kRejected)
            report.rejected += record.count;
    lastMember_ = report.path;
    resolver_.observe(message.batch);
    return sink_.add(report.import, std::move(message.batch));
}

Status ImportWriter::end(const MemberEnd& message) {
    Open& open = members_.at(message.member);
    NJ_ASSIGN(open.outcome, sink_.endImport(open.report.import, message.end));
    open.running = false;
    open.report.format = message.end.format;
    open.report.bytes = message.end.bytesRead;
    open.report.note = message.end.note;
    open.report.problem = message.problem;
    open.report.kept = open.outcome.kept;
    open.report.sameAs = open.outcome.sameAs;
    ++done_;
    return {};
}

Status ImportWriter::finish(ImportReport& report) {
    NJ_RETURN_IF_ERROR(sink_.putEntities(resolver_.resolve()));
    for (auto& [index, open] : members_) {
        if (open.outcome.kept) {
            report.spans += open.outcome.spans;
            report.logs += open.outcome.logs;
            report.samples += open.outcome.samples;
            report.documents += open.outcome.documents;
            report.duplicates += open.outcome.duplicates;
            report.rejected += open.report.rejected;
            report.rows += open.report.rows;
        }
        report.members.push_back(std::move(open.report));
    }
    return {};
}

// The import failed or was cancelled: its first error is the one to report, further ones add nothing.
void ImportWriter::undo() {
    for (const auto& [index, open] : members_)
        if (open.running || open.outcome.kept)
            static_cast<void>(sink_.removeImport(open.report.import));
}

}  // namespace nj::ingest

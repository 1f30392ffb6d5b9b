// Documents: listed, read whole, searched line by line.
#include <algorithm>

#include "query/capsule/source_questions.h"

namespace nj::query {
namespace {

constexpr size_t kMaxHitBytes = 400;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool holds(std::string_view line, std::string_view wanted) {
    return std::search(line.begin(), line.end(), wanted.begin(), wanted.end(), [](char a, char b) { return lower(a) == b; }) != line.end();
}

// Cut between characters of UTF-8.
std::string cutLine(std::string_view line) {
    size_t size = std::min(line.size(), kMaxHitBytes);
    while (size < line.size() && size > 0 && (static_cast<unsigned char>(line[size]) & 0xc0U) == 0x80U)
        --size;
    return std::string(line.substr(0, size));
}

}  // namespace

Result<std::vector<DocumentInfo>> answerDocuments(QueryContext& context) {
    NJ_ASSIGN(const std::vector<store::DocumentRow> rows, context.reader().documents());
    std::vector<DocumentInfo> documents;
    for (const store::DocumentRow& row : rows)
        documents.push_back({row.id, row.import, row.path, row.mediaType, row.size});
    return documents;
}

Result<std::string> answerDocumentText(QueryContext& context, int64_t id) { return context.reader().documentText(id); }

Result<std::vector<DocumentHit>> answerDocumentSearch(QueryContext& context, const std::string& text, size_t limit) {
    std::string wanted = text;
    std::transform(wanted.begin(), wanted.end(), wanted.begin(), lower);
    std::vector<DocumentHit> hits;
    if (wanted.empty())
        return hits;
    NJ_ASSIGN(const std::vector<store::DocumentRow> rows, context.reader().documents());
    for (const store::DocumentRow& row : rows) {
        NJ_RETURN_IF_ERROR(context.checkStop());
        NJ_ASSIGN(const std::string body, context.reader().documentText(row.id));
        uint64_t line = 0;
        for (size_t at = 0; at < body.size() && hits.size() < limit;) {
            const size_t end = std::min(body.find('\n', at), body.size());
            const auto one = std::string_view(body).substr(at, end - at);
            ++line;
            if (holds(one, wanted))
                hits.push_back({row.id, line, cutLine(one)});
            at = end + 1;
        }
        if (hits.size() >= limit)
            break;
    }
    return hits;
}

}  // namespace nj::query

// What was read, beside the manifest in CapsuleInfo: documents, and what is missing or doubtful. Plain values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "query/objectives.h"

namespace nj::query {

class Backend;

// A file without times: YAML, JSON, text. Listed and searchable, never log rows.
struct DocumentInfo {
    int64_t id = 0, import = 0;
    std::string path, mediaType;
    uint64_t size = 0;                             // bytes of the file; its text is cut at 8 MiB
};

struct DocumentHit {
    int64_t document = 0;
    uint64_t line = 0;                             // from 1
    std::string text;                              // of the line, cut at 400 bytes
};

// One thing that is missing from the data, as a person would say it.
struct MissingFact {
    enum class Kind : uint8_t { kSignal, kRejected, kSampling, kTraces, kScrapes, kDropped, kClock, kEntity } kind = Kind::kSignal;
    std::string what;                              // "12 of 1,400 traces have no root here"
    std::string example;                           // "" = none
    uint64_t count = 0;
    bool serious = false;                          // numbers elsewhere are wrong or cut because of it
};

// Questions about the files and the whole of an incident, beside those of every view. A Backend that answers them is one of these too.
class SourceQuestions {
public:
    // nullptr where the backend cannot answer.
    static SourceQuestions* of(Backend& backend);
    virtual ~SourceQuestions() = default;
    virtual Result<std::vector<DocumentInfo>> documents(std::stop_token stop) = 0;
    virtual Result<std::string> documentText(int64_t id, std::stop_token stop) = 0;
    // Lines that hold the text, ASCII letters of either case, at most `limit`.
    virtual Result<std::vector<DocumentHit>> searchDocuments(const std::string& text, size_t limit, std::stop_token stop) = 0;
    virtual Result<std::vector<MissingFact>> missingFacts(std::stop_token stop) = 0;
    // The stretch that departs most from the rest, by which the window opens; nothing where none does.
    virtual Result<std::optional<TimeRange>> departure(std::stop_token stop) = 0;
    // The host that the rows of an import name, where they name one alone.
    virtual Result<std::map<int64_t, std::string>> importHosts(std::stop_token stop) = 0;
    virtual Result<ObjectiveAnswer> objective(const ObjectiveQuestion& question, std::stop_token stop) = 0;
};

}  // namespace nj::query

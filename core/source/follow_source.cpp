// Follows files that grow, are rotated, appear and vanish, and standard input: `kubectl logs -f … | nightjar serve C --follow -`.
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "source/change_watch.h"
#include "source/follow_places.h"
#include "source/followed_file.h"
#include "source/followed_input.h"
#include "source/pull_source.h"

namespace nj::source {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kMaxFiles = 500;
constexpr size_t kStep = 1U << 20;             // bytes of a file before another one has its turn
constexpr DurationNs kLookAgain = kSecond;     // for new files; and for changes, where nothing tells of them
constexpr DurationNs kPoll = 250 * kMillisecond, kSettleCheck = 100 * kMillisecond, kGather = 20 * kMillisecond;
constexpr std::chrono::seconds kAwayPatience(5);   // a writer goes on for a while with a file that was renamed or deleted

constexpr SourceField kFields[] = {
    {"path", "Files", FieldKind::kPath, "", "a file, a folder, a pattern such as /var/log/pods/*/*/*.log, or - for standard input", true, true},
    {"from", "From", FieldKind::kText, "start", "of files that are there already: start or end"},
    {"format", "Format", FieldKind::kText, "", "found out from the first lines by itself"},
};

std::vector<std::string> pathsOf(const SourceConfig& config) {
    std::vector<std::string> paths;
    for (const std::string& path : config.all("path")) {
        std::error_code error;
        const auto absolute = std::filesystem::absolute(path, error).lexically_normal().native();
        if (path != "-")
            paths.push_back(error ? path : absolute.size() > 1 && absolute.ends_with('/') ? absolute.substr(0, absolute.size() - 1) : absolute);
    }
    return paths;
}

bool readsStandardInput(const SourceConfig& config) {
    const auto paths = config.all("path");
    return std::find(paths.begin(), paths.end(), "-") != paths.end();
}

std::string nameOf(const SourceConfig& config) {
    const auto paths = config.all("path");
    const std::string first = paths.front() == "-" ? "standard input" : pathsOf(config).front();
    return paths.size() == 1 ? "Follow " + first : fmt::format("Follow {} and {} more", first, paths.size() - 1);
}

class FollowSource final : public PullSource {
public:
    FollowSource(const SourceConfig& config, DeliveryTarget& target)
        : PullSource(nameOf(config), "follow", target),
          places_(pathsOf(config)),
          fromEnd_(config.value("from") == "end"),
          format_(config.value("format")),
          anyPlace_(!pathsOf(config).empty()),
          standardInput_(readsStandardInput(config)),
          cursorName_(fmt::format("follow {}", fmt::join(pathsOf(config), "\n"))) {}
    ~FollowSource() override { stop(); }

private:
    Status run(std::stop_token stop) override {
        files_.clear();
        warned_.clear();
        refused_.clear();
        truncated_.clear();
        input_.reset();
        if (standardInput_)
            input_.emplace(format_);
        commit_ = [this, stop](Batch&& batch, LiveCursor cursor) { return retryingCommit(std::move(batch), std::move(cursor), stop); };
        const Status ended = follow(stop);
        files_.clear();   // closes them
        return ended;
    }

    Status follow(const std::stop_token& stop) {
        auto nextLook = Clock::now();
        bool named = true, first = true;   // names changed
        while (!stop.stop_requested()) {
            if (const auto begun = Clock::now(); anyPlace_ && (begun >= nextLook || (named && begun >= nextLook - std::chrono::nanoseconds(kLookAgain)))) {
                NJ_RETURN_IF_ERROR(look(first));
                named = first = false;
                // Folders with very many files are not looked through all the time.
                const auto ended = Clock::now();
                nextLook = ended + 10 * (ended - begun) + std::chrono::nanoseconds(kLookAgain);
            }
            NJ_ASSIGN(const bool more, readAll());
            if (!anyPlace_ && !input_)
                return {};
            tell();
            if (!more)
                named = wait(stop) || named;
        }
        return settleAll();
    }

    bool wait(const std::stop_token& stop) {
        const bool unsettled = (input_ && input_->unsettled()) || std::any_of(files_.begin(), files_.end(), [](const auto& file) { return file.second->unsettled(); });
        const bool named = watch_.wait(unsettled ? kSettleCheck : watch_.works() ? kLookAgain : kPoll, input_.has_value(), stop);
        sleepFor(kGather, stop);   // a writer seldom comes alone
        return named;
    }

    // A copy waits until the disk takes it: what was read is not read again.
    Status retryingCommit(Batch&& batch, LiveCursor cursor, const std::stop_token& stop) {
        if (stop.stop_requested())
            return commit(std::move(batch), std::move(cursor), stop);
        return retrying([&] { return commit(Batch(batch), cursor, stop); }, stop);
    }

    // What there is to follow now. `first` = in this run.
    Status look(bool first) {
        const bool ever = first && target().cursor(cursorName_).empty();
        const FollowPlaces::Found found = places_.find(kMaxFiles);
        watch_.watch(found.folders);
        for (const std::string& problem : found.problems)
            warn(problem);
        if (found.cut)
            warn(fmt::format("there are more than {} files: the newest are followed", kMaxFiles));
        std::set<FileIdentity> here;
        for (const std::string& path : found.files) {
            struct stat status {};
            if (::stat(path.c_str(), &status) != 0)
                continue;
            const FileIdentity identity{status.st_dev, status.st_ino};
            here.insert(identity);
            if (const auto known = files_.find(identity); known != files_.end())
                known->second->movedTo(path);
            else if (!refused_.contains(identity))
                NJ_RETURN_IF_ERROR(begin(path, first, ever));
        }
        std::vector<FileIdentity> away;
        for (const auto& [identity, file] : files_)
            if (!here.contains(identity) && !file->unsettled() && file->offset() >= file->size() && file->quietFor(kAwayPatience))
                away.push_back(identity);
        for (const FileIdentity& identity : away) {
            NJ_RETURN_IF_ERROR(files_[identity]->finish(commit_));
            files_.erase(identity);
        }
        if (ever)
            return commit_(Batch(), {cursorName_, "begun"});
        return {};
    }

    Status begin(const std::string& path, bool first, bool ever) {
        auto opened = FollowedFile::open(path, format_);
        if (!opened.ok()) {
            if (opened.error().code != ErrorCode::kNotFound)
                warn(opened.error().message);
            return {};
        }
        FollowedFile& file = **opened;
        if (const auto mark = markOf(file)) {
            NJ_RETURN_IF_ERROR(goOn(file, *mark));
        } else if (ever && fromEnd_) {
            NJ_RETURN_IF_ERROR(goOn(file, file.markAtEnd()));
        } else {
            // Under its name something else was read before.
            if (const auto other = FileMark::parse(target().cursor(file.cursorName())); other && other->headLength > 0)
                truncated_.emplace_back(path, *other);
            uint64_t offset = 0;
            NJ_ASSIGN(const FollowedFile::Likeness likeness, likenessOf(file, offset));
            if (likeness == FollowedFile::Likeness::kGrowing)
                return {};   // the next look knows more
            if (likeness == FollowedFile::Likeness::kCopy)
                NJ_RETURN_IF_ERROR(goOn(file, file.markAt(offset)));
        }
        // It may have been rotated while nobody looked: the rest of what it was has another name. An earlier run that did not come to read that
        // rest may have come to know this file, though.
        if (!ever && (first || file.offset() == 0))
            NJ_RETURN_IF_ERROR(beginRotated(path));
        // At once: a file that is cut before it was looked into can't be told from a new one.
        NJ_RETURN_IF_ERROR(read(file));
        files_[file.identity()] = std::move(*opened);
        return {};
    }

    // Where an earlier run came to in the file, or in the one it is a copy of.
    std::optional<FileMark> markOf(const FollowedFile& file) const {
        if (const auto own = FileMark::parse(target().cursor(file.cursorName())); own && file.fits(*own))
            return own;
        for (const auto& [path, mark] : truncated_)
            if (FollowPlaces::isRotated(file.path(), path) && file.fits(mark))
                return mark;
        return std::nullopt;
    }

    // What was passed over stays so in the next run, even if the file never grows.
    Status goOn(FollowedFile& file, const FileMark& mark) {
        file.startAt(mark);
        if (target().cursor(file.cursorName()) == mark.text())
            return {};
        return commit_(Batch(), {file.cursorName(), mark.text()});
    }

    Status beginRotated(const std::string& path) {
        std::vector<std::unique_ptr<FollowedFile>> older;
        bool known = false;
        for (const std::string& name : FollowPlaces::rotatedFrom(path)) {
            auto opened = FollowedFile::open(name, format_);
            if (!opened.ok())
                continue;
            const auto mark = markOf(**opened);
            const bool followed = files_.contains((*opened)->identity());
            known = known || mark || followed;
            if (followed)
                continue;
            if (mark)
                NJ_RETURN_IF_ERROR(goOn(**opened, *mark));
            // Older than the oldest that is known: from before the first run.
            if (known && (*opened)->offset() < (*opened)->size())
                older.push_back(std::move(*opened));
        }
        for (auto& file : older)
            files_[file->identity()] = std::move(file);
        return {};
    }

    // Whether the file is a copy of one that is followed (logrotate's copytruncate), and where to go on in it.
    Result<FollowedFile::Likeness> likenessOf(const FollowedFile& file, uint64_t& offset) {
        for (const auto& [identity, original] : files_) {
            if (!FollowPlaces::isRotated(file.path(), original->path()))
                continue;
            // To its end first: what is read of the original is not read of the copy.
            for (auto step = FollowedFile::Step::kRead; step == FollowedFile::Step::kRead;) {
                NJ_ASSIGN(step, read(*original));
            }
            for (const FollowedFile::Past& past : {original->here(), original->beforeTruncation()})
                if (const auto likeness = file.likeness(past); likeness != FollowedFile::Likeness::kNone) {
                    offset = past.offset;
                    return likeness;
                }
        }
        return FollowedFile::Likeness::kNone;
    }

    Result<FollowedFile::Step> read(FollowedFile& file) {
        const uint64_t before = file.offset();
        NJ_ASSIGN(const FollowedFile::Step step, file.step(kStep, commit_));
        if (step == FollowedFile::Step::kRead)
            noteRequest(file.offset() - before);
        return step;
    }

    // True where there is more to read at once.
    Result<bool> readAll() {
        bool more = false;
        std::vector<std::string> truncated;
        for (auto& [identity, file] : files_) {
            NJ_ASSIGN(const FollowedFile::Step step, read(*file));
            more = more || step != FollowedFile::Step::kNothing;
            if (step == FollowedFile::Step::kTruncated)
                truncated.push_back(file->path());
            NJ_RETURN_IF_ERROR(file->settle(false, commit_));
        }
        for (const std::string& path : truncated)
            NJ_RETURN_IF_ERROR(beginCopies(path));
        std::erase_if(files_, [&](const auto& entry) {
            if (entry.second->problem().empty())
                return false;
            warn(entry.second->problem());
            refused_.insert(entry.first);
            return true;
        });
        if (input_) {
            NJ_ASSIGN(const uint64_t bytes, input_->read(commit_));
            if (bytes > 0)
                noteRequest(bytes);
            more = more || bytes > 0;
            if (!input_->problem().empty())
                warn(input_->problem());
            if (input_->ended())
                input_.reset();
        }
        return more;
    }

    Status beginCopies(const std::string& path) {
        for (const std::string& name : FollowPlaces::rotatedFrom(path)) {
            auto opened = FollowedFile::open(name, format_);
            if (!opened.ok() || files_.contains((*opened)->identity()) || markOf(**opened))
                continue;
            uint64_t offset = 0;
            NJ_ASSIGN(const FollowedFile::Likeness likeness, likenessOf(**opened, offset));
            if (likeness != FollowedFile::Likeness::kCopy)
                continue;
            NJ_RETURN_IF_ERROR(goOn(**opened, (*opened)->markAt(offset)));
            files_[(*opened)->identity()] = std::move(*opened);
        }
        return {};
    }

    Status settleAll() {
        for (auto& [identity, file] : files_)
            NJ_RETURN_IF_ERROR(file->settle(true, commit_));
        return input_ ? input_->finish(commit_) : Status();
    }

    void tell() {
        std::string text;
        if (files_.empty())
            text = anyPlace_ ? "no file is there yet" : "reading standard input";
        else if (files_.size() == 1)
            text = "following " + files_.begin()->second->path();
        else
            text = fmt::format("following {} files", files_.size());
        say(text);
    }

    // Once for each.
    void warn(const std::string& problem) {
        if (warned_.insert(problem).second)
            noteError(problem);
    }

    const FollowPlaces places_;
    const bool fromEnd_;
    const std::string format_;
    const bool anyPlace_, standardInput_;
    const std::string cursorName_;
    // Of the source's thread.
    ChangeWatch watch_;
    std::map<FileIdentity, std::unique_ptr<FollowedFile>> files_;
    std::set<FileIdentity> refused_;
    std::vector<std::pair<std::string, FileMark>> truncated_;   // while nobody looked: path, and where an earlier run had come to
    std::set<std::string> warned_;
    FollowedFile::Commit commit_;
    std::optional<FollowedInput> input_;
};

Status checkSettings(const SourceConfig& config) {
    const auto wrong = [](std::string why) { return makeError(ErrorCode::kInvalidArgument, std::move(why)); };
    if (const std::string from = config.value("from"); !from.empty() && from != "start" && from != "end")
        return wrong(fmt::format("from: '{}' is neither start nor end", from));
    if (const std::string format = config.value("format"); !format.empty() && format::findFormat(format) == nullptr)
        return wrong(fmt::format("there is no format named '{}'", format));
    for (const std::string& path : config.all("path"))
        if (path.empty() || path.find('\0') != std::string::npos)
            return wrong("a path that is none");
    return {};
}

Result<std::unique_ptr<Source>> create(const SourceConfig& config, DeliveryTarget& target) {
    NJ_RETURN_IF_ERROR(checkSettings(config));
    return std::unique_ptr<Source>(std::make_unique<FollowSource>(config, target));
}

Result<SourceProbe> probe(const SourceConfig& config, std::stop_token) {
    NJ_RETURN_IF_ERROR(checkSettings(config));
    const FollowPlaces::Found found = FollowPlaces(pathsOf(config)).find(kMaxFiles);
    size_t files = 0;
    uint64_t bytes = 0;
    std::string problem = found.problems.empty() ? std::string() : found.problems.front();
    for (const std::string& path : found.files) {
        const auto file = FollowedFile::open(path, {});
        files += file.ok() ? 1 : 0;
        bytes += file.ok() ? (*file)->size() : 0;
        if (!file.ok() && problem.empty())
            problem = file.error().message;
    }
    SourceProbe probed;
    if (files == 0 && readsStandardInput(config)) {
        probed.summary = "standard input";
        return probed;
    }
    if (files == 0)
        return makeError(ErrorCode::kNotFound, problem.empty() ? "there is no file like that yet" : problem);
    probed.summary = fmt::format("{} {}, {:.1f} MiB{}{}", files, files == 1 ? "file" : "files", static_cast<double>(bytes) / (1U << 20), problem.empty() ? "" : "; ", problem);
    return probed;
}

}  // namespace

extern const SourceKind kFollow;
const SourceKind kFollow = {
    "follow", "Files", "Follows logs and other files as they grow, through rotation, and standard input.", kFields, create, probe,
};

}  // namespace nj::source

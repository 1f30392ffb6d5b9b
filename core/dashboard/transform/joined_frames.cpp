// Several frames → one: side by side where a field is equal, or row into row where all shared fields are.
#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <unordered_map>

#include "dashboard/transform.h"
#include "dashboard/transform/frame_fields.h"
#include "dashboard/transform/transform_steps.h"

namespace nj::dashboard {
namespace {

struct Side {
    const Frame* frame = nullptr;
    const Field* key = nullptr;
    std::vector<size_t> to;    // of each row
};

// The rows of the outcome by key: ascending for times and numbers, as they come for texts.
size_t placeRows(std::vector<Side>& sides, Field& key) {
    std::unordered_map<std::string, size_t> places;
    for (Side& side : sides) {
        for (size_t row = 0; row < rowsOf(*side.key); ++row) {
            std::string text;
            appendKey(text, *side.key, row);
            const auto [place, isNew] = places.emplace(std::move(text), places.size());
            if (isNew)
                appendCell(key, *side.key, row);
            side.to.push_back(place->second);
        }
    }
    if (key.kind == FieldKind::kText)
        return places.size();
    std::vector<size_t> order(places.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return key.kind == FieldKind::kTime ? key.times[a] < key.times[b] : key.numbers[a] < key.numbers[b]; });
    std::vector<size_t> rank(order.size());
    Field sorted = emptyLike(key);
    for (size_t i = 0; i < order.size(); ++i) {
        rank[order[i]] = i;
        appendCell(sorted, key, order[i]);
    }
    key = std::move(sorted);
    for (Side& side : sides)
        for (size_t& row : side.to)
            row = rank[row];
    return places.size();
}

// The rows that every side has.
std::vector<size_t> sharedRows(const std::vector<Side>& sides, size_t rows) {
    std::vector<size_t> had(rows), shared;   // by so many sides so far
    for (size_t i = 0; i < sides.size(); ++i)
        for (const size_t row : sides[i].to)
            had[row] = had[row] == i ? i + 1 : had[row];
    for (size_t row = 0; row < rows; ++row)
        if (had[row] == sides.size())
            shared.push_back(row);
    return shared;
}

// Every key of any frame has a row (an outer join), or those that all have (an inner one); of equal keys in one frame the last counts.
void join(Frames& frames, std::vector<Side> sides, bool inner, Notes& notes) {
    Frame out;
    Field& key = out.fields.emplace_back(emptyLike(*sides.front().key));
    key.name = displayName(*sides.front().frame, *sides.front().key);
    const size_t rows = placeRows(sides, key);
    size_t columns = 1;
    for (const Side& side : sides)
        columns += side.frame->fields.size() - 1;
    if (rows * columns > kMostFrameCells) {
        notes.push_back(tooManyCells("join by field"));
        return;
    }
    for (const Side& side : sides)
        for (const Field& field : side.frame->fields) {
            if (&field == side.key)
                continue;
            Field column = emptyLike(field);
            column.name = displayName(*side.frame, field);
            resizeRows(column, rows);
            for (size_t row = 0; row < side.to.size(); ++row)
                setCell(column, side.to[row], field, row);
            out.fields.push_back(std::move(column));
        }
    makeNamesUnique(out);
    if (inner)
        out = pickedRows(out, sharedRows(sides, rows));
    frames = {std::move(out)};
}

// The outcome of a merge while it grows.
class Merging {
public:
    explicit Merging(const Frames& frames) {
        std::map<std::string, size_t, std::less<>> present;
        for (const Frame& frame : frames)
            for (const Field& field : frame.fields) {
                const auto [at, isNew] = places_.emplace(displayName(frame, field), columns_.size());
                if (isNew) {
                    columns_.push_back(emptyLike(field));
                    columns_.back().name = at->first;
                } else if (columns_[at->second].kind != field.kind) {
                    columns_[at->second].kind = FieldKind::kText;
                }
                ++present[at->first];
            }
        for (const auto& [name, count] : present)
            if (count >= frames.size())
                isKey_.insert(places_.find(name)->second);
        for (const Frame& frame : frames)
            rowsAtMost_ += frame.rows();
        frameColumns_.resize(columns_.size());
    }

    [[nodiscard]] size_t cellsAtMost() const { return columns_.size() * rowsAtMost_; }

    void add(const Frame& frame) {
        std::vector<std::pair<size_t, Field>> fields;
        for (const Field& field : frame.fields) {
            const size_t place = places_.find(displayName(frame, field))->second;
            fields.emplace_back(place, columns_[place].kind == field.kind ? field : textField(field));
        }
        for (size_t row = 0; row < frame.rows(); ++row) {
            std::string key;
            for (const auto& [place, field] : fields)
                if (isKey_.contains(place))
                    appendKey(key, field, row);
            place(rowsOfKey_[key], fields, row);
        }
    }

    Frame take() {
        Frame out;
        for (Field& column : columns_) {
            resizeRows(column, rows_);
            out.fields.push_back(std::move(column));
        }
        return out;
    }

private:
    static constexpr size_t kMostTries = 16;   // rows of one key that a further one may become part of

    using Cells = std::vector<std::pair<size_t, Field>>;

    [[nodiscard]] bool fits(size_t at, const Cells& fields, size_t row) const {
        return std::all_of(fields.begin(), fields.end(), [&](const auto& cell) {
            const auto& [place, field] = cell;
            return at >= frameColumns_[place].size() || !frameColumns_[place][at] || sameCell(columns_[place], at, field, row);
        });
    }

    void place(std::vector<size_t>& candidates, const Cells& fields, size_t row) {
        const size_t tries = std::min(candidates.size(), kMostTries);
        auto at = std::find_if(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(tries), [&](size_t candidate) { return fits(candidate, fields, row); });
        size_t to = rows_;
        if (at != candidates.begin() + static_cast<std::ptrdiff_t>(tries))
            to = *at;
        else
            candidates.push_back(rows_++);
        for (const auto& [place, field] : fields) {
            if (rowsOf(columns_[place]) <= to) {
                resizeRows(columns_[place], to + 1);
                frameColumns_[place].resize(to + 1);
            }
            setCell(columns_[place], to, field, row);
            frameColumns_[place][to] = true;
        }
    }

    std::map<std::string, size_t, std::less<>> places_;
    std::vector<Field> columns_;
    std::vector<std::vector<bool>> frameColumns_;      // which cells a frame filled
    std::set<size_t> isKey_;
    std::unordered_map<std::string, std::vector<size_t>> rowsOfKey_;
    size_t rows_ = 0, rowsAtMost_ = 0;
};

}  // namespace

void joinSeries(Frames& frames, Notes& notes) {
    std::vector<Side> sides;
    for (const Frame& frame : frames)
        if (const Field* const time = timeField(frame))
            sides.push_back({&frame, time, {}});
    if (!sides.empty())
        join(frames, std::move(sides), false, notes);
}

void joinByField(Frames& frames, const Transformation& how, Notes& notes) {
    std::vector<Side> sides;
    for (const Frame& frame : frames) {
        const Field* const key = how.pattern.empty() ? timeField(frame) : findField(frame, how.pattern);
        if (key != nullptr && (sides.empty() || sides.front().key->kind == key->kind))
            sides.push_back({&frame, key, {}});
    }
    if (sides.empty() && !frames.empty())
        notes.push_back(how.pattern.empty() ? "Nothing was joined: there is no field of times." : "Nothing was joined: there is no field '" + how.pattern + "'.");
    else if (!sides.empty())
        join(frames, std::move(sides), how.inner, notes);
}

void mergeFrames(Frames& frames, const Transformation&, Notes& notes) {
    std::erase_if(frames, [](const Frame& frame) { return frame.rows() == 0; });
    if (frames.size() < 2)
        return;
    Merging merging(frames);
    if (merging.cellsAtMost() > kMostFrameCells) {
        notes.push_back(tooManyCells("merge"));
        return;
    }
    for (const Frame& frame : frames)
        merging.add(frame);
    frames = {merging.take()};
}

}  // namespace nj::dashboard

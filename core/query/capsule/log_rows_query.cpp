// Rows of log records with attribute values, or whole for copies.
#include <algorithm>
#include <map>

#include "base/utf8.h"
#include "query/capsule/log_answers.h"
#include "query/capsule/log_matches.h"
#include "query/capsule/row_details.h"

namespace nj::query {
namespace {

constexpr size_t kMostRecords = 10'000, kMaxWholeBytes = 16U << 20, kMaxCell = 1024;

std::string displayed(const store::AttributeValues& values, size_t entry) {
    switch (values.type) {
    case ValueType::kInt: return std::to_string(values.integers[entry]);
    case ValueType::kBool: return values.integers[entry] != 0 ? "true" : "false";
    case ValueType::kDouble: return AttributeValue::ofDouble(values.numbers[entry]).display();
    case ValueType::kEmpty: return {};
    default: return std::string(utf8Prefix(values.text(entry), kMaxCell));
    }
}

// What one segment's rows carry beside a plain row.
class Details {
public:
    static Result<Details> open(QueryContext& context, const store::SegmentView& view, const LogRowsQuestion& question) {
        NJ_ASSIGN(LogRowReader rows, LogRowReader::open(context, view));
        Details details(context, view, std::move(rows), question.whole);
        NJ_ASSIGN(details.resource_, view.resource());
        for (const std::string& key : question.columns) {
            Column& column = details.columns_.emplace_back();
            column.key = key;
            for (const store::AttributeInfo& info : view.info().attributes)
                if (info.key == key) {
                    NJ_ASSIGN(store::AttributeValues values, view.attribute(info.key, info.type));
                    column.values.push_back(std::move(values));
                }
        }
        return details;
    }
    Result<DetailedLogRow> read(uint32_t row) const {
        DetailedLogRow out;
        NJ_ASSIGN(static_cast<LogRow&>(out), rows_.read(row));
        for (const Column& column : columns_)
            out.cells.push_back(cell(column, row));
        if (whole_) {
            if (out.bodyCut) {
                NJ_ASSIGN(out.body, view_->text(store::TextColumn::kBody, row));
                out.bodyCut = false;
            }
            NJ_ASSIGN(out.attributes, view_->attributes(row));
        }
        return out;
    }

private:
    struct Column {
        std::string key;
        std::vector<store::AttributeValues> values;   // one per type the key has here
    };
    Details(QueryContext& context, const store::SegmentView& view, LogRowReader rows, bool whole) : context_(&context), view_(&view), rows_(std::move(rows)), whole_(whole) {}
    [[nodiscard]] std::string cell(const Column& column, uint32_t row) const {
        for (const store::AttributeValues& values : column.values)
            if (const auto entry = values.entry(row))
                return displayed(values, *entry);
        if (const AttributeValue* value = findAttribute(context_->snapshot().resource(resource_.id(row)).attributes, column.key))
            return std::string(utf8Prefix(value->display(), kMaxCell));
        return {};
    }

    QueryContext* context_;
    const store::SegmentView* view_;
    LogRowReader rows_;
    bool whole_;
    store::CodeColumn resource_;
    std::vector<Column> columns_;
};

}  // namespace

Result<LogRowsAnswer> answerLogRows(QueryContext& context, const LogRowsQuestion& question) {
    NJ_ASSIGN(const std::shared_ptr<const LogMatches> matches, LogMatches::of(context, question.page.range, question.page.filter));
    LogRowsAnswer answer;
    answer.total = matches->places.size();
    const uint64_t from = std::min<uint64_t>(question.page.offset, answer.total);
    const uint64_t to = std::min<uint64_t>(answer.total, from + std::min(question.page.limit, kMostRecords));
    std::map<uint32_t, Details> readers;
    size_t bytes = 0;
    for (uint64_t i = from; i < to && bytes < kMaxWholeBytes; ++i) {
        NJ_RETURN_IF_ERROR(context.checkStop());
        const LogMatches::Place place = matches->places[i];
        auto reader = readers.find(place.segment);
        if (reader == readers.end()) {
            NJ_ASSIGN(const store::SegmentView* view, context.view(matches->segments[place.segment]));
            NJ_ASSIGN(Details opened, Details::open(context, *view, question));
            reader = readers.emplace(place.segment, std::move(opened)).first;
        }
        NJ_ASSIGN(DetailedLogRow row, reader->second.read(place.row));
        bytes += question.whole ? row.body.size() : 0;
        answer.rows.push_back(std::move(row));
    }
    return answer;
}

}  // namespace nj::query

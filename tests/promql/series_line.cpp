#include "promql/series_line.h"

#include <bit>
#include <cctype>
#include <charconv>
#include <fmt/format.h>

#include "promql/syntax/parser.h"
#include "promql/text/number_text.h"

namespace nj::test {

using namespace promql;

namespace {

struct BadLine {
    std::string message;
};

class Points {
public:
    explicit Points(std::string_view text) : text_(text) {}

    std::vector<SequenceValue> run() {
        for (skipBlanks(); at_ < text_.size(); skipBlanks())
            readItem();
        return std::move(values_);
    }

private:
    bool starts(std::string_view what) const { return text_.substr(at_).starts_with(what); }
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    void skipBlanks() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t'))
            ++at_;
    }
    [[noreturn]] void fail(const std::string& why) const { throw BadLine{fmt::format("{} at \"{}\"", why, text_.substr(at_, 20))}; }

    // xN; absent: no repetition.
    std::optional<size_t> readTimes() {
        if (peek() != 'x')
            return std::nullopt;
        ++at_;
        size_t times = 0;
        const auto parsed = std::from_chars(text_.data() + at_, text_.data() + text_.size(), times);
        if (parsed.ec != std::errc() || times > 1'000'000)
            fail("bad repetition");
        at_ = static_cast<size_t>(parsed.ptr - text_.data());
        return times;
    }

    void readItem() {
        if (peek() == '_') {
            ++at_;
            const size_t times = readTimes().value_or(1);
            for (size_t i = 0; i < times; ++i)
                values_.push_back({true, 0, nullptr, false});
        } else if (starts("{{")) {
            readHistograms();
        } else if (starts("stale")) {
            at_ += 5;
            const size_t times = readTimes().value_or(0);
            for (size_t i = 0; i <= times; ++i)
                values_.push_back({false, std::bit_cast<double>(0x7ff0000000000002), nullptr, false});
        } else {
            readNumbers();
        }
        if (at_ < text_.size() && peek() != ' ' && peek() != '\t')
            fail("unexpected text");
    }

    double readNumber() {
        size_t length = 0;
        const auto at = [&](size_t i) { return at_ + i < text_.size() ? text_[at_ + i] : '\0'; };
        if (at(0) == '+' || at(0) == '-')
            ++length;
        while (at(length) != '\0' && at(length) != 'x' && at(length) != ' ' && at(length) != '\t') {
            const bool sign = at(length) == '+' || at(length) == '-';
            if (sign && !(length > 0 && (at(length - 1) == 'e' || at(length - 1) == 'E')))
                break;
            ++length;
        }
        const auto value = parseNumber(text_.substr(at_, length));
        if (!value)
            fail("bad number");
        at_ += length;
        return *value;
    }

    void readNumbers() {
        double value = readNumber();
        double step = 0;
        if (peek() == '+' || peek() == '-')
            step = readNumber();
        const size_t times = readTimes().value_or(0);
        for (size_t i = 0; i <= times; ++i) {
            values_.push_back({false, value, nullptr, false});
            value += step;
        }
    }

    void readHistograms() {
        bool hintGiven = false;
        FloatHistogram current = readHistogram(hintGiven);
        if (peek() != '+' && peek() != '-') {
            const size_t times = readTimes().value_or(0);
            const auto shared = std::make_shared<const FloatHistogram>(current);
            for (size_t i = 0; i <= times; ++i)
                values_.push_back({false, 0, shared, hintGiven});
            return;
        }
        const bool add = text_[at_++] == '+';
        bool ignored = false;
        const FloatHistogram step = readHistogram(ignored);
        const auto times = readTimes();
        if (!times)
            fail("a repetition is missing");
        for (size_t i = 0; i <= *times; ++i) {
            values_.push_back({false, 0, std::make_shared<const FloatHistogram>(current), hintGiven});
            if ((add ? addTo(current, step) : subtractFrom(current, step)).incompatible)
                fail("histograms that can't be added");
        }
    }

    std::string_view readWord() {
        const size_t begin = at_;
        while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '_'))
            ++at_;
        return text_.substr(begin, at_ - begin);
    }

    double readField() {
        const size_t begin = at_;
        while (at_ < text_.size() && text_[at_] != ' ' && text_[at_] != '\t' && text_[at_] != ']' && text_[at_] != '}')
            ++at_;
        const auto value = parseNumber(text_.substr(begin, at_ - begin));
        if (!value)
            fail("bad number in a histogram");
        return *value;
    }

    std::vector<double> readList() {
        std::vector<double> list;
        if (peek() != '[')
            fail("a list is missing");
        ++at_;
        for (skipBlanks(); peek() != ']'; skipBlanks())
            list.push_back(readField());
        ++at_;
        return list;
    }

    static void fill(BucketCounts& counts, const std::vector<double>& list, int32_t offset) {
        for (size_t i = 0; i < list.size(); ++i) {
            counts.index.push_back(offset + static_cast<int32_t>(i));
            counts.count.push_back(list[i]);
        }
    }

    static ResetHint hintOf(std::string_view word) {
        if (word == "reset")
            return ResetHint::kReset;
        if (word == "not_reset")
            return ResetHint::kNotReset;
        return word == "gauge" ? ResetHint::kGauge : ResetHint::kUnknown;
    }

    FloatHistogram readHistogram(bool& hintGiven) {
        if (!starts("{{"))
            fail("a histogram is missing");
        at_ += 2;
        FloatHistogram histogram;
        std::vector<double> positive, negative;
        int32_t positiveOffset = 0, negativeOffset = 0;
        for (skipBlanks(); !starts("}}"); skipBlanks()) {
            const std::string_view key = readWord();
            if (peek() != ':')
                fail("bad histogram");
            ++at_;
            if (key == "schema")
                histogram.schema = static_cast<int32_t>(readField());
            else if (key == "sum")
                histogram.sum = readField();
            else if (key == "count")
                histogram.count = readField();
            else if (key == "z_bucket")
                histogram.zeroCount = readField();
            else if (key == "z_bucket_w")
                histogram.zeroThreshold = readField();
            else if (key == "buckets")
                positive = readList();
            else if (key == "n_buckets")
                negative = readList();
            else if (key == "custom_values")
                histogram.customBounds = readList();
            else if (key == "offset")
                positiveOffset = static_cast<int32_t>(readField());
            else if (key == "n_offset")
                negativeOffset = static_cast<int32_t>(readField());
            else if (key == "counter_reset_hint") {
                histogram.hint = hintOf(readWord());
                hintGiven = true;
            } else
                fail("unknown key in a histogram");
        }
        at_ += 2;
        fill(histogram.positive, positive, positiveOffset);
        fill(histogram.negative, negative, negativeOffset);
        return histogram;
    }

    std::string_view text_;
    size_t at_ = 0;
    std::vector<SequenceValue> values_;
};

std::string bucketList(const BucketCounts& counts) {
    std::string text;
    for (size_t i = 0; i < counts.size(); ++i)
        text += fmt::format("{}{}:{}", i > 0 ? " " : "", counts.index[i], compactNumber(counts.count[i]));
    return text;
}

}  // namespace

Result<SeriesLine> parseSeriesLine(std::string_view line) {
    SeriesLine series;
    std::string_view rest;
    NJ_ASSIGN(series.labels, parseSeriesLabels(line, &rest));
    try {
        series.values = Points(rest).run();
    } catch (const BadLine& bad) {
        return makeError(ErrorCode::kMalformed, bad.message);
    }
    return series;
}

std::string histogramExpression(const FloatHistogram& histogram) {
    constexpr const char* kHints[] = {"unknown", "reset", "not_reset", "gauge"};
    std::string text = fmt::format("{{{{schema:{} count:{} sum:{} hint:{}", histogram.schema, compactNumber(histogram.count),
                                   compactNumber(histogram.sum), kHints[static_cast<size_t>(histogram.hint)]);
    if (histogram.zeroCount != 0 || histogram.zeroThreshold != 0)
        text += fmt::format(" z_bucket:{} z_bucket_w:{}", compactNumber(histogram.zeroCount), compactNumber(histogram.zeroThreshold));
    if (!histogram.positive.empty())
        text += " buckets:[" + bucketList(histogram.positive) + "]";
    if (!histogram.negative.empty())
        text += " n_buckets:[" + bucketList(histogram.negative) + "]";
    if (histogram.usesCustomBuckets()) {
        text += " custom_values:[";
        for (const double bound : histogram.customBounds)
            text += compactNumber(bound) + " ";
        text += "]";
    }
    return text + "}}";
}

}  // namespace nj::test

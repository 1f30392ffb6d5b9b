#include "promql/engine/natural_order.h"

#include <cstddef>

namespace nj::promql {

namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }

// The digits from at on, which moves behind them.
std::string_view digits(std::string_view text, size_t& at) {
    const size_t begin = at;
    while (at < text.size() && isDigit(text[at]))
        ++at;
    return text.substr(begin, at - begin);
}

std::string_view withoutLeadingZeros(std::string_view number) {
    const size_t first = number.find_first_not_of('0');
    return first == std::string_view::npos ? std::string_view() : number.substr(first);
}

}  // namespace

bool naturallyLess(std::string_view a, std::string_view b) {
    size_t i = 0;
    size_t j = 0;
    while (i < a.size() && j < b.size()) {
        if (isDigit(a[i]) && isDigit(b[j])) {
            const std::string_view left = digits(a, i);
            const std::string_view right = digits(b, j);
            const std::string_view leftValue = withoutLeadingZeros(left);
            const std::string_view rightValue = withoutLeadingZeros(right);
            if (leftValue.size() != rightValue.size())
                return leftValue.size() < rightValue.size();
            if (leftValue != rightValue)
                return leftValue < rightValue;
            if (left.size() != right.size())
                return left.size() < right.size();
            continue;
        }
        if (a[i] != b[j])
            return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[j]);
        ++i;
        ++j;
    }
    return a.size() - i < b.size() - j;
}

}  // namespace nj::promql

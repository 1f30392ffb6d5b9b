#include "promql/labels.h"

#include <algorithm>

#include "base/utf8.h"
#include "promql/text/quote.h"

namespace nj::promql {

namespace {

bool isMetadataLabel(std::string_view name) { return name == kMetricName || name == "__type__" || name == "__unit__"; }

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool isNameByte(char c, bool first, bool colon) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (colon && c == ':') || (!first && c >= '0' && c <= '9');
}

bool isLegacyName(std::string_view name, bool colon) {
    if (name.empty())
        return false;
    for (size_t i = 0; i < name.size(); ++i)
        if (!isNameByte(name[i], i == 0, colon))
            return false;
    return true;
}

}  // namespace

std::string_view labelValue(const Labels& labels, std::string_view name) {
    for (const Label& label : labels)
        if (label.name == name)
            return label.value;
    return {};
}

void setLabel(Labels& labels, std::string_view name, std::string_view value) {
    const auto at = std::lower_bound(labels.begin(), labels.end(), name,
                                     [](const Label& label, std::string_view wanted) { return label.name < wanted; });
    if (at != labels.end() && at->name == name) {
        if (value.empty())
            labels.erase(at);
        else
            at->value = value;
    } else if (!value.empty()) {
        labels.insert(at, Label{std::string(name), std::string(value)});
    }
}

void normalizeLabels(Labels& labels) {
    std::stable_sort(labels.begin(), labels.end(), [](const Label& a, const Label& b) { return a.name < b.name; });
    Labels kept;
    kept.reserve(labels.size());
    for (Label& label : labels) {
        if (!kept.empty() && kept.back().name == label.name)
            kept.back().value = std::move(label.value);
        else
            kept.push_back(std::move(label));
    }
    std::erase_if(kept, [](const Label& label) { return label.value.empty(); });
    labels = std::move(kept);
}

Labels withoutLabels(const Labels& labels, const std::vector<std::string>& names) {
    Labels kept;
    kept.reserve(labels.size());
    for (const Label& label : labels)
        if (!contains(names, label.name))
            kept.push_back(label);
    return kept;
}

Labels onlyLabels(const Labels& labels, const std::vector<std::string>& names) {
    Labels kept;
    for (const Label& label : labels)
        if (contains(names, label.name))
            kept.push_back(label);
    return kept;
}

Labels withoutMetadata(const Labels& labels) {
    Labels kept;
    kept.reserve(labels.size());
    for (const Label& label : labels)
        if (!isMetadataLabel(label.name))
            kept.push_back(label);
    return kept;
}

bool hasMetadata(const Labels& labels) {
    return std::any_of(labels.begin(), labels.end(), [](const Label& label) { return isMetadataLabel(label.name); });
}

std::string labelsKey(const Labels& labels) {
    size_t size = 0;
    for (const Label& label : labels)
        size += label.name.size() + label.value.size() + 2;
    std::string key;
    key.reserve(size);
    for (const Label& label : labels) {
        key += label.name;
        key += '\xff';   // in no valid UTF-8 text
        key += label.value;
        key += '\xff';
    }
    return key;
}

std::string labelsText(const Labels& labels) {
    std::string text = "{";
    for (const Label& label : labels) {
        if (text.size() > 1)
            text += ", ";
        text += isLegacyLabelName(label.name) ? label.name : quoteText(label.name);
        text += '=';
        text += quoteText(label.value);
    }
    return text + '}';
}

bool isLegacyLabelName(std::string_view name) { return isLegacyName(name, false); }
bool isLegacyMetricName(std::string_view name) { return isLegacyName(name, true); }
bool isValidLabelName(std::string_view name) { return !name.empty() && isValidUtf8(name); }

}  // namespace nj::promql

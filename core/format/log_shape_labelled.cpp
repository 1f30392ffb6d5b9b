// What logcli prints: a time, the labels of the stream, and the line the program wrote.
#include "format/log_shapes.h"
#include "format/log_text.h"
#include "format/prometheus_line.h"

namespace nj::format {

bool parseLabelledLine(std::string_view line, size_t at, LogLine& out) {
    const std::string_view rest = text::trimLeft(line.substr(at));
    // {app="gateway", level="error"}: an object of JSON has a colon there.
    if (rest.empty() || rest[0] != '{')
        return false;
    const size_t equals = rest.substr(0, 300).find('=');
    if (equals == std::string_view::npos || rest.substr(0, equals).find(':') != std::string_view::npos)
        return false;
    const size_t length = bracesLength(rest);
    std::string name;
    AttributeList labels;
    if (length < 4 || !parsePrometheusSeries(rest.substr(0, length), name, labels) || labels.empty())
        return false;
    for (const KeyValue& label : labels)
        addNamedField(out.own(label.key), out.own(label.value.text), out);
    at = static_cast<size_t>(rest.data() - line.data()) + length;
    const std::string_view inner = text::trimLeft(line.substr(at));
    const size_t mark = out.mark();
    if (inner.find("level=") != std::string_view::npos || inner.find("msg=") != std::string_view::npos) {
        if (parseLogfmtLine(inner, out))
            return true;
        out.fields.resize(mark);
    }
    parseLineHeader(line, at, out);
    return true;
}

}  // namespace nj::format

#include <random>
#include <string>
#include <vector>

#include "format/json_stream.h"
#include "qt_test.h"

using nj::HealthRecord;
using nj::format::JsonStream;
using nj::format::JsonStreamLimits;

namespace {

struct Outcome {
    std::vector<std::string> events;   // "offset/line text" and "! line reason"
    bool operator==(const Outcome&) const = default;
};

Outcome split(const std::string& text, size_t chunk, const JsonStreamLimits& limits = {}) {
    Outcome out;
    JsonStream stream(limits);
    const JsonStream::OnValue value = [&](const JsonStream::Value& v) {
        out.events.push_back(std::to_string(v.offset) + "/" + std::to_string(v.line) + " " + std::string(v.bytes));
        return v.bytes.find("MALFORMED") != std::string_view::npos && v.bytes.find('\n') != std::string_view::npos
                   ? JsonStream::Verdict::kMalformed
                   : JsonStream::Verdict::kTaken;
    };
    const JsonStream::OnReject reject = [&](HealthRecord&& r) { out.events.push_back("! " + std::to_string(r.line) + " " + r.reason); };
    for (size_t i = 0; i < text.size(); i += chunk)
        stream.feed(std::string_view(text).substr(i, chunk), value, reject);
    stream.finish(value, reject);
    return out;
}

}  // namespace

class JsonStreamTest : public QObject {
    Q_OBJECT
private slots:
    void splits_data();
    void splits();
    void limits();
    void stops();
    void anyBytesGiveTheSameForEveryChunkSize();
};

void JsonStreamTest::splits_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QStringList>("expected");
    const auto row = [](const char* name, const char* text, const QStringList& expected) { QTest::newRow(name) << QByteArray(text) << expected; };
    row("lines", "{\"a\":1}\n{\"b\":[{}]}\r\n\n{}", {"0/1 {\"a\":1}", "8/2 {\"b\":[{}]}", "21/4 {}"});
    row("concatenated", "{}{\"x\":{}} {}", {"0/1 {}", "2/1 {\"x\":{}}", "11/1 {}"});
    row("pretty", "{\n  \"a\": [\n{\n},\n{\n}\n]\n}\n{}", {"0/1 {\n  \"a\": [\n{\n},\n{\n}\n]\n}", "24/9 {}"});
    row("array of values", "[{\"a\":1},\n{\"a\":2}]\n", {"1/1 {\"a\":1}", "10/2 {\"a\":2}"});
    row("nested arrays", "[[{}],[{},{}]]", {"2/1 {}", "7/1 {}", "10/1 {}"});
    row("text sequence", "\x1e{}\n\x1e{}\n", {"1/1 {}", "5/2 {}"});
    row("byte order mark", "\xEF\xBB\xBF{}", {"3/1 {}"});
    row("brackets and quotes in strings", "{\"a\":\"}{\\\"]\\\\\"}{\"\\\\\\\"\":0}", {"0/1 {\"a\":\"}{\\\"]\\\\\"}", "15/1 {\"\\\\\\\"\":0}"});
    row("text between", "{}\nhello {}\n{}", {"0/1 {}", "! 2 text that is no JSON object", "12/3 {}"});
    row("cut line", "{\"a\":1\n{\"b\":2}\n", {"! 1 JSON value is cut off", "7/2 {\"b\":2}"});
    row("cut inside a string", "{\"a\":\"xy\n{\"b\":2}\n", {"! 1 JSON string is not closed on its line", "9/2 {\"b\":2}"});
    row("cut after a comma swallows, then is undone", "{\"a\":1,\n{\"b\":2}\n{\"c\":3}\n",
        {"! 1 JSON value is cut off", "8/2 {\"b\":2}", "16/3 {\"c\":3}"});
    row("cut end", "{}\n{\"a\":", {"0/1 {}", "! 2 JSON value is cut off"});
    row("malformed value gives its lines back", "{\"MALFORMED\":[,\n{\"b\":2}\n]}\n{}",
        {"0/1 {\"MALFORMED\":[,\n{\"b\":2}\n]}", "16/2 {\"b\":2}", "27/4 {}"});
}

void JsonStreamTest::splits() {
    QFETCH(QByteArray, text);
    QFETCH(QStringList, expected);
    for (size_t chunk = 1; chunk <= static_cast<size_t>(text.size()); ++chunk) {
        QStringList got;
        for (const std::string& event : split(text.toStdString(), chunk).events)
            got << QString::fromStdString(event);
        QCOMPARE(got, expected);
    }
}

void JsonStreamTest::limits() {
    JsonStreamLimits small;
    small.maxBytes = 100;
    small.maxDepth = 5;
    const std::string large = "{\"a\":\"" + std::string(200, 'x') + "\"}\n{\"b\":1}\n";
    const std::string deep = "[{\"a\":[[[[[[]]]]]]}]\n{\"b\":1}\n";
    for (const size_t chunk : {1, 7, 64, 1000}) {
        const auto ofLarge = split(large, chunk, small).events;
        QCOMPARE(ofLarge.size(), size_t{2});
        QCOMPARE(ofLarge[0], std::string("! 1 JSON value over the size limit"));
        QVERIFY(ofLarge[1].ends_with("/2 {\"b\":1}"));
        const auto ofDeep = split(deep, chunk, small).events;
        QCOMPARE(ofDeep.size(), size_t{2});
        QCOMPARE(ofDeep[0], std::string("! 1 JSON value nested too deep"));
        QVERIFY(ofDeep[1].ends_with("/2 {\"b\":1}"));
    }
}

void JsonStreamTest::stops() {
    JsonStream stream;
    int seen = 0;
    const bool going = stream.feed(
        "{}{}{}", [&](const JsonStream::Value&) { return ++seen == 2 ? JsonStream::Verdict::kStop : JsonStream::Verdict::kTaken; }, [](HealthRecord&&) {});
    QVERIFY(!going);
    QCOMPARE(seen, 2);
}

void JsonStreamTest::anyBytesGiveTheSameForEveryChunkSize() {
    std::mt19937 random(7);
    static constexpr std::string_view kPieces[] = {"{", "}", "[", "]", "\"", "\\", "\n", ",", ":", "a", " ", "\\\"", "{\"k\":1}\n", "\n{", "\",\"", "xxxxxxxxxxxxxxxx"};
    JsonStreamLimits small;
    small.maxBytes = 300;
    small.maxDepth = 6;
    for (int round = 0; round < 300; ++round) {
        std::string text;
        for (int i = 0; i < 200; ++i)
            text += kPieces[random() % std::size(kPieces)];
        const Outcome whole = split(text, text.size(), small);
        for (const size_t chunk : {1, 3, 64, 65, 150})
            QVERIFY2(split(text, chunk, small) == whole, text.c_str());
    }
}

QTEST_GUILESS_MAIN(JsonStreamTest)
#include "json_stream_test.moc"

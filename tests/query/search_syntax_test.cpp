// The search language: what each form parses to, that texts survive the way back, and that no text, however hostile, does harm.
#include <fmt/format.h>

#include <random>

#include "qt_test.h"
#include "query/search_syntax.h"

using namespace nj;
using Op = FilterNode::Op;

namespace {

// The tree as one line: (and (= service chat) (not (text x))).
std::string print(const FilterNode& node) {
    static const char* kNames[] = {"and", "or", "not", "text", "sub", "re", "exists", "=", "<", "<=", ">", ">=", "between", "wild", "matches"};
    std::string out = std::string("(") + kNames[static_cast<size_t>(node.op)];
    if (!node.field.empty())
        out += " " + node.field;
    if (!node.text.empty() || node.op == Op::kEquals || node.op == Op::kSubstring)
        out += " " + node.text;
    if (!node.textHigh.empty())
        out += ".." + node.textHigh;
    if (node.numeric)
        out += node.op == Op::kBetween ? fmt::format(" #{}..{}", node.number, node.numberHigh) : fmt::format(" #{}", node.number);
    for (const FilterNode& child : node.children)
        out += " " + print(child);
    return out + ")";
}

}  // namespace

class SearchSyntaxTest : public QObject {
    Q_OBJECT
private slots:
    void parses_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("tree");
        const auto row = [](const char* text, const char* tree) { QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(tree); };
        row("", "(and)");
        row("  ", "(and)");
        row("*", "(and)");
        row("timeout", "(text timeout)");
        row("a b", "(and (text a) (text b))");
        row("a AND b", "(and (text a) (text b))");
        row("a OR b c", "(or (text a) (and (text b) (text c)))");
        row("(a OR b) c", "(and (or (text a) (text b)) (text c))");
        row("-a", "(not (text a))");
        row("NOT a", "(not (text a))");
        row("NOT -a", "(text a)");
        row("-(a b)", "(not (and (text a) (text b)))");
        row("a-b", "(text a-b)");
        row("a - b", "(and (text a) (text -) (text b))");
        row("ANDROID", "(text ANDROID)");
        row("\"health check\"", "(sub health check)");
        row("-\"health check\"", "(not (sub health check))");
        row("\"a \\\" b\"", "(sub a \" b)");
        row("\"lit*eral?\"", "(sub lit*eral?)");
        row("*tion*", "(sub tion)");
        row("time*", "(wild time*)");
        row("t?me", "(wild t?me)");
        row("a\\*b", "(text a*b)");
        row("service:chat", "(= service chat)");
        row("@service:chat", "(= service chat)");
        row("service:\"chat api\"", "(= service chat api)");
        row("service:web*", "(wild service web*)");
        row("gen_ai.request.model:\"llama*\"", "(wild gen_ai.request.model llama*)");
        row("m:\"a\\*b\"", "(= m a*b)");
        row("url:\"/x?y=1\"", "(= url /x?y=1)");
        row("\"odd key\":v", "(= odd key v)");
        row("k:*", "(exists k)");
        row("-k:*", "(not (exists k))");
        row("k:\"\"", "(= k )");
        row("resource.host.name:h", "(= resource.host.name h)");
        row("service:(a OR b)", "(or (= service a) (= service b))");
        row("service:(a -b)", "(and (= service a) (not (= service b)))");
        row("code:(500 OR >=502 OR [400 TO 404])", "(or (= code 500 #500) (>= code 502 #502) (between code 400..404 #400..404))");
        row("code:200", "(= code 200 #200)");
        row("code:-1", "(= code -1 #-1)");
        row("code:>100", "(> code 100 #100)");
        row("code>100", "(> code 100 #100)");
        row("code<=1e3", "(<= code 1e3 #1000)");
        row("code:[400 TO *]", "(>= code 400 #400)");
        row("code:[* TO 5]", "(<= code 5 #5)");
        row("duration>2s", "(> duration 2s #2000000000)");
        row("dur:>250ms", "(> duration 250ms #250000000)");
        row("duration>2", "(> duration 2 #2000000000)");
        row("took:>1.5s", "(> took 1.5s #1500000000)");
        row("size:>4KiB", "(> size 4KiB #4096)");
        row("version:2s", "(= version 2s)");
        row("severity:error", "(= severity error #17)");
        row("level:>=WARN", "(>= severity WARN #13)");
        row("trace_id:ab", "(= trace ab)");
        row("/time.?out/", "(re time.?out)");
        row("/a b/", "(re a b)");
        row("route:/^x$/", "(matches route ^x$)");
        row("/v1/chat", "(text /v1/chat)");
        row("path:/v1/chat", "(= path /v1/chat)");
        row("http://host/x", "(text http://host/x)");
        row("std::string", "(text std::string)");
        row("12:30:01", "(text 12:30:01)");
        row("List<String>", "(text List<String>)");
        row("a->b", "(text a->b)");
        row("k=v", "(text k=v)");
        row("größe:ä", "(= größe ä)");
        row("service:chat status:error duration>2s -\"health check\"",
            "(and (= service chat) (= status error) (> duration 2s #2000000000) (not (sub health check)))");
    }
    void parses() {
        QFETCH(QString, text);
        QFETCH(QString, tree);
        const auto filter = query::parseSearch(text.toStdString());
        QVERIFY2(filter.ok(), filter.ok() ? "" : filter.error().message.c_str());
        QCOMPARE(QString::fromStdString(print(filter->root)), tree);
        QCOMPARE(filter->source, text.toStdString());
    }
    void survivesTheWayBack_data() { parses_data(); }
    void survivesTheWayBack() {
        QFETCH(QString, text);
        QFETCH(QString, tree);
        const auto filter = query::parseSearch(text.toStdString());
        QVERIFY(filter.ok());
        const std::string formatted = query::formatSearch(filter->root);
        const auto again = query::parseSearch(formatted);
        QVERIFY2(again.ok(), formatted.c_str());
        QCOMPARE(QString::fromStdString(print(again->root)), tree);
    }
    void rejectsWithAPosition_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("position");
        const auto row = [](const char* text, const char* position) { QTest::newRow(text) << QString::fromUtf8(text) << QString::fromLatin1(position); };
        row("\"open", "position 1:");
        row("a \"open", "position 3:");
        row("(a", "position 1:");
        row("a)", "position 2:");
        row("k:", "position 3:");
        row("k: v", "position 3:");
        row("k:()", "position 3:");
        row("duration>soon", "position 9:");
        row("k:>x", "position 3:");
        row("k:[1 2]", "position 3:");
        row("k:[a TO b]", "position 3:");
        row("k:[1 TO 2", "position 3:");
        row("/(/", "position 1:");
        row("a OR", "position 5:");
        row("OR a", "position 1:");
        row("AND a", "position 1:");
        row("a AND OR b", "position 3:");
        row("NOT", "position 1:");
        row("/(((a{1000}){1000}){1000})/", "position 1:");
    }
    void rejectsWithAPosition() {
        QFETCH(QString, text);
        QFETCH(QString, position);
        const auto filter = query::parseSearch(text.toStdString());
        QVERIFY(!filter.ok());
        QVERIFY2(filter.error().message.starts_with(position.toStdString()), filter.error().message.c_str());
    }
    void boundsDepthAndLength() {
        QVERIFY(query::parseSearch(std::string(60, '(') + "a" + std::string(60, ')')).ok());
        QVERIFY(!query::parseSearch(std::string(70, '(') + "a" + std::string(70, ')')).ok());
        QVERIFY(!query::parseSearch(std::string(60'000, '(')).ok());
        QVERIFY(query::parseSearch(std::string(60'000, '-') + "a").ok());
        QVERIFY(query::parseSearch(std::string(65'536, 'a')).ok());
        QVERIFY(!query::parseSearch(std::string(65'537, 'a')).ok());
        std::string nested;
        for (int i = 0; i < 70; ++i)
            nested += "k:(";
        QVERIFY(!query::parseSearch(nested).ok());
    }
    // Random text of the language's own characters: an answer or an error, and answers come back unchanged.
    void anyTextIsAnswered() {
        static constexpr std::string_view kPieces[] = {"a", "service", ":", ">", "<", "=", "(", ")", "\"", "\\", "*", "?", "/", "-", "!", "@", " ", " OR ", " AND ",
                                                       " TO ", "NOT ", "[", "]", "1", "2s", "\xc3\xa4", "\xff", std::string_view("\0", 1), "\n", ".", "&&", "||"};
        std::mt19937 random(7);
        for (int round = 0; round < 20'000; ++round) {
            std::string text;
            for (auto n = random() % 12; n > 0; --n)
                text += kPieces[random() % std::size(kPieces)];
            const auto filter = query::parseSearch(text);
            if (!filter.ok()) {
                QVERIFY(filter.error().message.starts_with("position "));
                continue;
            }
            const std::string formatted = query::formatSearch(filter->root);
            const auto again = query::parseSearch(formatted);
            QVERIFY2(again.ok(), (text + " → " + formatted).c_str());
            QCOMPARE(query::formatSearch(again->root), formatted);
        }
    }
    void chipsMeanTheirValue_data() {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("value");
        for (const char* value : {"chat", "chat api", "", "a*b", "a?b", "say \"x\"", "back\\slash", "-minus", "(x)", "AND", "/v1/", "@x", "200", "ä ö", "a:b", ">5", "[1 TO 2]"}) {
            QTest::addRow("service:%s", value) << QStringLiteral("service") << QString::fromUtf8(value);
            QTest::addRow("odd key:%s", value) << QStringLiteral("odd \"key\"*") << QString::fromUtf8(value);
        }
    }
    void chipsMeanTheirValue() {
        QFETCH(QString, field);
        QFETCH(QString, value);
        for (const bool exclude : {false, true}) {
            const std::string term = query::searchTerm(field.toStdString(), value.toStdString(), exclude);
            const auto filter = query::parseSearch(term);
            QVERIFY2(filter.ok(), term.c_str());
            QCOMPARE(filter->root.op == Op::kNot, exclude);
            const FilterNode& node = exclude ? filter->root.children.front() : filter->root;
            QCOMPARE(static_cast<int>(node.op), static_cast<int>(Op::kEquals));
            QCOMPARE(QString::fromStdString(node.field), field);
            QCOMPARE(QString::fromStdString(node.text), value);
        }
    }
};

QTEST_APPLESS_MAIN(SearchSyntaxTest)
#include "search_syntax_test.moc"

// Texts to trees and back: positions of nodes and errors, types, the printer's round trip, bounds.
#include "promql/syntax/parser.h"
#include "promql/syntax/printer.h"
#include "qt_test.h"

using namespace nj::promql;

class ParserTest : public QObject {
    Q_OBJECT

private slots:
    void errorsPointAtTheFault_data();
    void errorsPointAtTheFault();
    void printsCanonically_data();
    void printsCanonically();
    void nodesKnowTheirBytes();
    void deepAndLongInputEndsInAnError();
    void seriesAndSelectors();
};

void ParserTest::errorsPointAtTheFault_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("message");
    const auto add = [](const char* text, const char* message) {
        QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(message);
    };
    add("", "1:1: parse error: no expression found in input");
    add("  # only a comment", "1:19: parse error: no expression found in input");
    add("foo{", "1:5: parse error: unexpected end of input in label matching, expected identifier or \"}\"");
    add("foo{a", "1:6: parse error: unexpected end of input in label matching, expected label matching operator");
    add("foo{a=}", "1:7: parse error: unexpected \"}\" in label matching, expected string");
    add("foo{a=~\"(\"}", "1:1: parse error: bad regular expression: missing ): (");
    add("{}", "1:1: parse error: vector selector must contain at least one non-empty matcher");
    add("{a=\"\"}", "1:1: parse error: vector selector must contain at least one non-empty matcher");
    add("{a=~\".*\"}", "1:1: parse error: vector selector must contain at least one non-empty matcher");
    add("foo{\"bar\"}", "1:5: parse error: metric name must not be set twice: \"foo\" or \"bar\"");
    add("{\"\"}", "1:2: parse error: metric name must not be empty");
    add("1 +", "1:4: parse error: unexpected end of input");
    add("1\n+\n  )", "3:3: parse error: unexpected \")\"");
    add("(1", "1:3: parse error: unexpected end of input in parentheses");
    add("1 == 1", "1:3: parse error: comparisons between scalars must use BOOL modifier");
    add("foo + bool bar", "1:7: parse error: bool modifier can only be used on comparison operators");
    add("1 and foo", "1:3: parse error: set operator \"and\" not allowed in binary scalar expression");
    add("1 + on(a) foo", "1:1: parse error: vector matching only allowed between instant vectors");
    add("foo and on(a) group_left(b) bar", "1:15: parse error: no grouping allowed for \"and\" operation");
    add("foo * on(a) group_left(a) bar", "1:13: parse error: label \"a\" must not occur in ON and GROUP clause at once");
    add("rate(foo)", "1:6: parse error: expected type range vector in call to function \"rate\", got instant vector");
    add("rate(foo[5m], 1)", "1:1: parse error: expected 1 argument(s) in call to \"rate\", got 2");
    add("round()", "1:1: parse error: expected at least 1 argument(s) in call to \"round\", got 0");
    add("round(foo, 1, 2)", "1:1: parse error: expected at most 2 argument(s) in call to \"round\", got 3");
    add("nosuch(foo)", "1:1: parse error: unknown function with name \"nosuch\"");
    add("sum()", "1:1: parse error: no arguments for aggregate expression provided");
    add("sum(1)", "1:5: parse error: expected type instant vector in aggregation expression, got scalar");
    add("topk(foo)", "1:1: parse error: wrong number of arguments for aggregate expression provided, expected 2, got 1");
    add("topk(\"a\", foo)", "1:6: parse error: expected type scalar in aggregation parameter, got string");
    add("count_values(1, foo)", "1:14: parse error: expected type string in aggregation parameter, got scalar");
    add("foo[5m", "1:7: parse error: unexpected end of input in matrix selector");
    add("foo[]", "1:5: parse error: unexpected \"]\" in subquery or range selector, expected number or duration");
    add("foo[5m][5m]", "1:8: parse error: ranges only allowed for vector selectors");
    add("(foo + bar)[5m]", "1:12: parse error: ranges only allowed for vector selectors");
    add("foo offset 5m [5m]", "1:15: parse error: no offset modifiers allowed before range");
    add("foo @ 5 [5m]", "1:9: parse error: no @ modifiers allowed before range");
    add("foo offset 1m offset 2m", "1:15: parse error: offset may not be set multiple times");
    add("foo @ 1 @ 2", "1:9: parse error: @ <timestamp> may not be set multiple times");
    add("sum(foo) offset 1m", "1:10: parse error: offset modifier must be preceded by an instant vector selector or range vector selector or a subquery");
    add("foo @ inf", "1:7: parse error: timestamp out of bounds for @ modifier: +Inf");
    add("foo[5m:] + 1", "1:1: parse error: binary expression must contain only scalar and instant vector types");
    add("-foo[5m]", "1:2: parse error: unary expression only allowed on expressions of type scalar or instant vector, got \"range vector\"");
    add("1[5m:1m]", "1:1: parse error: subquery is only allowed on instant vector, got scalar instead");
    add("\"abc", "1:1: parse error: unterminated quoted string");
    add("\"a\\qc\"", "1:1: parse error: unknown escape sequence in a string");
    add("5mm", "1:1: parse error: bad number or duration syntax: \"5mm\"");
    add("1h1y", "1:1: parse error: bad number or duration syntax: \"1h1y\"");
    add("1__0", "1:1: parse error: bad number or duration syntax: \"1__0\"");
    add("{a:b=\"c\"}", "1:3: parse error: unexpected \":\" in label matching, expected label matching operator");
    add("foo ~ bar", "1:5: parse error: unexpected character: '~'");
    add("foo bar", "1:5: parse error: unexpected \"bar\"");
    add("sum by (5) (foo)", "1:9: parse error: unexpected \"5\" in grouping opts, expected label");
}

void ParserTest::errorsPointAtTheFault() {
    QFETCH(QString, text);
    QFETCH(QString, message);
    const auto expr = parseExpression(text.toStdString());
    QVERIFY(!expr.ok());
    QCOMPARE(QString::fromStdString(expr.error().message), message);
}

void ParserTest::printsCanonically_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("printed");
    const auto add = [](const char* text, const char* printed) {
        QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(printed);
    };
    add("1+2*3", "1 + 2 * 3");
    add("(1 + 2)*3", "(1 + 2) * 3");
    add("-foo", "-foo");
    add("- 5", "-5");
    add("0x10", "16");
    add("1e3", "1000");
    add("iNf", "Inf");
    add("inf ^ foo", "Inf ^ foo");
    add("-inf", "-Inf");
    add("1h30m", "1h30m");
    add("'a\"b'", "\"a\\\"b\"");
    add("foo { b = 'x' , a =~ \"y|z\" }", "foo{b=\"x\",a=~\"y|z\"}");
    add("{\"my.metric\", \"a b\"!=\"c\"}", "{\"my.metric\",\"a b\"!=\"c\"}");
    add("{__name__=\"foo\"}", "{__name__=\"foo\"}");
    add("foo[5m]offset 1h@123.4", "foo[5m] @ 123.400 offset 1h");
    add("foo @ start()", "foo @ start()");
    add("foo offset -90s", "foo offset -1m30s");
    add("foo[300]", "foo[300]");
    add("foo[5m*2+step()]", "foo[5m * 2 + step()]");
    add("foo offset (1m+2m)", "foo offset (1m + 2m)");
    add("rate(foo[5m])[1h:]", "rate(foo[5m])[1h:]");
    add("foo[1h:30s] @ end() offset 5m", "foo[1h:30s] @ end() offset 5m");
    add("SUM(foo)by(a,b)", "sum by (a, b) (foo)");
    add("sum without(a)(foo)", "sum without (a) (foo)");
    add("topk(5,foo)", "topk(5, foo)");
    add("foo>bool 5", "foo > bool 5");
    add("foo*on(a,b)group_left(c)bar", "foo * on (a, b) group_left (c) bar");
    add("foo/ignoring(a)bar", "foo / ignoring (a) bar");
    add("foo + on() bar", "foo + on () bar");
    add("foo + fill(0) bar", "foo + fill(0) bar");
    add("foo AND bar OR baz UNLESS qux", "foo and bar or baz unless qux");
    add("foo </ 5", "foo </ 5");
    add("foo[5m] anchored", "foo[5m] anchored");
    add("foo smoothed", "foo smoothed");
    add("sum + by", "sum + by");
    add("histogram_quantile(0.9,sum by(le)(rate(x_bucket[5m])))", "histogram_quantile(0.9, sum by (le) (rate(x_bucket[5m])))");
}

void ParserTest::printsCanonically() {
    QFETCH(QString, text);
    QFETCH(QString, printed);
    const auto expr = parseExpression(text.toStdString());
    QVERIFY2(expr.ok(), expr.ok() ? "" : expr.error().message.c_str());
    const std::string once = printExpression(**expr);
    QCOMPARE(QString::fromStdString(once), printed);
    const auto again = parseExpression(once);
    QVERIFY2(again.ok(), once.c_str());
    QCOMPARE(printExpression(**again), once);
}

void ParserTest::nodesKnowTheirBytes() {
    const std::string text = " sum by (a) (rate(foo{x=\"1\"}[5m] offset 1m)) / -bar ";
    const auto parsed = parseExpression(text);
    QVERIFY(parsed.ok());
    const auto bytes = [&](const Expr& expr) { return text.substr(expr.span.begin, expr.span.end - expr.span.begin); };
    const auto& division = as<BinaryExpr>(**parsed);
    QCOMPARE(bytes(division), std::string("sum by (a) (rate(foo{x=\"1\"}[5m] offset 1m)) / -bar"));
    const auto& sum = as<AggregateExpr>(*division.left);
    QCOMPARE(bytes(sum), std::string("sum by (a) (rate(foo{x=\"1\"}[5m] offset 1m))"));
    const auto& rate = as<CallExpr>(*sum.expr);
    QCOMPARE(bytes(rate), std::string("rate(foo{x=\"1\"}[5m] offset 1m)"));
    QCOMPARE(bytes(*rate.args[0]), std::string("foo{x=\"1\"}[5m] offset 1m"));
    QCOMPARE(bytes(*as<MatrixExpr>(*rate.args[0]).selector), std::string("foo{x=\"1\"}"));
    QCOMPARE(bytes(*division.right), std::string("-bar"));
    QCOMPARE(static_cast<int>(division.type), static_cast<int>(ValueType::kVector));
}

void ParserTest::deepAndLongInputEndsInAnError() {
    const auto message = [](const std::string& text) {
        const auto expr = parseExpression(text);
        return expr.ok() ? std::string() : expr.error().message;
    };
    const auto repeated = [](const std::string& part, size_t times) {
        std::string text;
        for (size_t i = 0; i < times; ++i)
            text += part;
        return text;
    };
    QCOMPARE(message(repeated("(", 5000) + "1" + repeated(")", 5000)),
             std::string("1:257: parse error: the expression is nested more than 256 levels deep"));
    for (const char* opening : {"(", "-(", "sum(", "abs(", "1+(", "1^-", "1^1-"})
        QVERIFY2(message(repeated(opening, 5000)).find("parse error") != std::string::npos, opening);
    QVERIFY(message("foo[" + repeated("(", 5000)).find("nested more than") != std::string::npos);
    QVERIFY(message("foo[" + repeated("-", 5000)).find("nested more than") != std::string::npos);
    QVERIFY(message("foo" + repeated("[5m:]", 5000)).find("parse error") != std::string::npos);
    QVERIFY(message("1" + repeated("+1", 5000)).find("more than 1000 operators in a row") != std::string::npos);
    QVERIFY(message("1" + repeated("^1", 5000)).find("parse error") != std::string::npos);
    QVERIFY(message("1" + repeated("+1", 500)).empty());
    QVERIFY(message(std::string(200'000, '1')).find("more than the 100000 that are allowed") != std::string::npos);
    QVERIFY(message("{a=~\"" + std::string(10'000, 'a') + "\"}").find("more than the 8192 that are allowed") != std::string::npos);
    QVERIFY(message("{a=~\"" + repeated("(x{1000}){1000}", 10) + "\"}").find("bad regular expression") != std::string::npos);
}

void ParserTest::seriesAndSelectors() {
    std::string_view rest;
    const auto labels = parseSeriesLabels("up{b=\"2\", a=\"{ }\"} 1 2", &rest);
    QVERIFY(labels.ok());
    QCOMPARE(labelsText(*labels), std::string("{__name__=\"up\", a=\"{ }\", b=\"2\"}"));
    QCOMPARE(std::string(rest), std::string(" 1 2"));
    QVERIFY(parseSeriesLabels("up {{count:1}}", &rest).ok());
    QCOMPARE(std::string(rest), std::string(" {{count:1}}"));
    QVERIFY(!parseSeriesLabels("up{a!=\"1\"}").ok());
    const auto matchers = parseSelector("{a!=\"1\", __name__=~\"x.*\"}");
    QVERIFY(matchers.ok());
    QCOMPARE(matchers->size(), size_t(2));
    QVERIFY(!parseSelector("sum(a)").ok());
}

QTEST_APPLESS_MAIN(ParserTest)
#include "parser_test.moc"

// Every transformation on small frames: what comes out, as text, and what is said where something can't be done.
#include "dashboard/transform.h"

#include <limits>

#include "dashboard/transform/js_regex.h"
#include "frame_text.h"
#include "qt_test.h"

using namespace nj;
using namespace nj::dashboard;
using namespace nj::test;

Q_DECLARE_METATYPE(std::vector<nj::dashboard::Frame>)
Q_DECLARE_METATYPE(nj::dashboard::Transformation)

namespace {

using enum TransformationKind;
using Frames = std::vector<Frame>;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Transformation step(TransformationKind kind, std::vector<FieldRule> fields = {}) {
    Transformation out;
    out.kind = kind;
    out.fields = std::move(fields);
    return out;
}

FieldRule rule(const char* name, const char* op = "", const char* value = "") {
    FieldRule out;
    out.name = name;
    out.op = op;
    out.value = value;
    return out;
}

FieldRule placed(const char* name, int order, const char* rename = "", bool hidden = false) {
    FieldRule out = rule(name);
    out.order = order;
    out.rename = rename;
    out.hidden = hidden;
    return out;
}

FieldRule aggregated(const char* name, std::vector<std::string> calculations) {
    FieldRule out = rule(name, "aggregate");
    out.calculations = std::move(calculations);
    return out;
}

Transformation with(Transformation out, auto&& change) {
    change(out);
    return out;
}

Transformation byPattern(TransformationKind kind, const char* pattern, const char* replacement = "") {
    return with(step(kind), [&](Transformation& t) {
        t.pattern = pattern;
        t.replacement = replacement;
    });
}

// A table of three rows, as an instant query answers it.
Frame table(const char* value = "Value", const char* refId = "A") {
    return {refId, "", {timesField({9, 9, 9}), textsField("job", {"api", "db", "api"}), textsField("pod", {"x", "y", "z"}), numbersField(value, {3, 1, 2})}};
}

Frames series() {
    return {seriesFrame("one", {1, 2}, {10, 20}, {{"job", "api"}}), seriesFrame("two", {2, 3}, {5, 6}, {{"job", "db"}})};
}

}  // namespace

class TransformTest : public QObject {
    Q_OBJECT

private slots:
    void transforms_data();
    void transforms();
    void says_data();
    void says();
    void goesInOrder();
    void staysInBounds();
    void readsRegexesAsJavaScript();

private:
    static void fieldRows();
    static void rowRows();
    static void reductionRows();
    static void calculationRows();
    static void joinRows();
};

void TransformTest::transforms_data() {
    QTest::addColumn<Frames>("input");
    QTest::addColumn<Transformation>("how");
    QTest::addColumn<QStringList>("expected");
    fieldRows();
    rowRows();
    reductionRows();
    calculationRows();
    joinRows();
}

void TransformTest::fieldRows() {
    QTest::newRow("organize") << Frames{table()} << step(kOrganize, {placed("Value", 0, "Requests"), placed("job", 1), placed("Time", -1, "", true)})
                              << QStringList{"Requests 3,1,2 | job api,db,api | pod x,y,z"};
    QTest::newRow("organize by an older name") << Frames{table()} << step(kOrganize, {placed("Value #A", -1, "Requests")}) << QStringList{"Time 9,9,9 | job api,db,api | pod x,y,z | Requests 3,1,2"};
    QTest::newRow("organize series") << series() << step(kOrganize, {placed("one", -1, "1st")}) << QStringList{"1st: Time 1,2 | Value{job=\"api\"} 10,20", "two: Time 2,3 | Value{job=\"db\"} 5,6"};
    QTest::newRow("organize hides all") << Frames{{"A", "", {numbersField("a", {1})}}} << step(kOrganize, {placed("a", -1, "", true)}) << QStringList{};
    QTest::newRow("filter by names") << Frames{table()} << step(kFilterFields, {rule("job"), rule("Value")}) << QStringList{"job api,db,api | Value 3,1,2"};
    QTest::newRow("filter without names") << Frames{table()} << step(kFilterFields, {placed("Time", -1, "", true), placed("pod", -1, "", true)}) << QStringList{"job api,db,api | Value 3,1,2"};
    QTest::newRow("filter by pattern") << Frames{table()} << byPattern(kFilterFields, "/^(j|V)/") << QStringList{"job api,db,api | Value 3,1,2"};
    QTest::newRow("filter by pattern and names") << Frames{table()} << with(byPattern(kFilterFields, "j.b"), [](Transformation& t) { t.fields = {rule("pod")}; }) << QStringList{"job api,db,api | pod x,y,z"};
    QTest::newRow("filter out by pattern") << series() << with(byPattern(kFilterFields, "Time|one"), [](Transformation& t) { t.exclude = true; }) << QStringList{"two: Value{job=\"db\"} 5,6"};
    QTest::newRow("rename whole") << series() << byPattern(kRenameByRegex, "(o.*)", "<$1>") << QStringList{"<one>: Time 1,2 | Value{job=\"api\"} 10,20", "two: Time 2,3 | Value{job=\"db\"} 5,6"};
    QTest::newRow("rename a part") << Frames{table()} << byPattern(kRenameByRegex, "/o/", "0$$") << QStringList{"Time 9,9,9 | j0$b api,db,api | p0$d x,y,z | Value 3,1,2"};
}

void TransformTest::rowRows() {
    const auto filter = [](std::vector<FieldRule> rules, bool exclude = false, bool any = false) {
        return with(step(kFilterByValue, std::move(rules)), [&](Transformation& t) {
            t.exclude = exclude;
            t.any = any;
        });
    };
    const QString xz = "Time 9,9 | job api,api | pod x,z | Value 3,2", y = "Time 9 | job db | pod y | Value 1", z = "Time 9 | job api | pod z | Value 2";
    QTest::newRow("greater") << Frames{table()} << filter({rule("Value", "greater", "1")}) << QStringList{xz};
    QTest::newRow("greaterOrEqual") << Frames{table()} << filter({rule("Value", "greaterOrEqual", "2")}) << QStringList{xz};
    QTest::newRow("lower") << Frames{table()} << filter({rule("Value", "lower", "2")}) << QStringList{y};
    QTest::newRow("lowerOrEqual, excluded") << Frames{table()} << filter({rule("Value", "lowerOrEqual", "1")}, true) << QStringList{xz};
    QTest::newRow("equal to a text") << Frames{table()} << filter({rule("job", "equal", "db")}) << QStringList{y};
    QTest::newRow("notEqual to a number") << Frames{table()} << filter({rule("Value", "notEqual", "1")}) << QStringList{xz};
    QTest::newRow("regex") << Frames{table()} << filter({rule("pod", "regex", "[xz]")}) << QStringList{xz};
    QTest::newRow("substring") << Frames{table()} << filter({rule("job", "substring", "p")}) << QStringList{xz};
    QTest::newRow("notSubstring") << Frames{table()} << filter({rule("job", "notSubstring", "p")}) << QStringList{y};
    QTest::newRow("between") << Frames{table()} << filter({rule("Value", "between", "1..3")}) << QStringList{z};
    QTest::newRow("all rules") << Frames{table()} << filter({rule("Value", "lower", "3"), rule("job", "equal", "api")}) << QStringList{z};
    QTest::newRow("any rule") << Frames{table()} << filter({rule("Value", "greater", "2"), rule("pod", "equal", "z")}, false, true) << QStringList{xz};
    QTest::newRow("isNull") << Frames{{"A", "", {textsField("t", {"a", "", "b"}), numbersField("v", {1, 2, kNaN})}}} << filter({rule("v", "isNull")}) << QStringList{"t b | v nan"};
    QTest::newRow("isNotNull") << Frames{{"A", "", {textsField("t", {"a", "", "b"}), numbersField("v", {1, 2, kNaN})}}} << filter({rule("t", "isNotNull")}) << QStringList{"t a,b | v 1,nan"};
    QTest::newRow("no such field") << Frames{table()} << filter({rule("other", "greater", "1")}) << frameTexts({table()});
    QTest::newRow("sort numbers") << Frames{table()} << step(kSortBy, {rule("Value")}) << QStringList{"Time 9,9,9 | job db,api,api | pod y,z,x | Value 1,2,3"};
    QTest::newRow("sort texts down") << Frames{table()} << with(step(kSortBy, {rule("pod")}), [](Transformation& t) { t.descending = true; }) << QStringList{"Time 9,9,9 | job api,db,api | pod z,y,x | Value 2,1,3"};
    QTest::newRow("sort with gaps") << Frames{{"A", "", {numbersField("v", {kNaN, 2, 1})}}} << with(step(kSortBy, {rule("v")}), [](Transformation& t) { t.descending = true; }) << QStringList{"v 2,1,nan"};
    QTest::newRow("sort by nothing") << Frames{table()} << step(kSortBy) << frameTexts({table()});
}

void TransformTest::reductionRows() {
    const auto reduce = [](std::vector<std::string> calculations, bool asRows) {
        return with(step(kReduce), [&](Transformation& t) {
            t.calculations = std::move(calculations);
            t.asRows = asRows;
        });
    };
    QTest::newRow("group") << Frames{table()} << step(kGroupBy, {rule("job", "groupby"), aggregated("Value", {"sum", "max"}), aggregated("pod", {"lastNotNull", "count", "mean"})})
                           << QStringList{"job api,db | Value (sum) 5,1 | Value (max) 3,1 | pod (lastNotNull) z,y | pod (count) 2,1"};
    QTest::newRow("group times") << Frames{{"A", "", {timesField({5, 3, 4}), textsField("k", {"a", "a", "b"})}}} << step(kGroupBy, {rule("k", "groupby"), aggregated("Time", {"min", "last"})})
                                 << QStringList{"k a,b | Time (min) 3,4 | Time (last) 3,4"};
    QTest::newRow("group without a group") << Frames{table()} << step(kGroupBy, {rule("other", "groupby"), aggregated("Value", {"sum"})}) << QStringList{};
    QTest::newRow("group by several") << Frames{table()} << step(kGroupBy, {rule("job", "groupby"), rule("pod", "groupby")}) << QStringList{"job api,db,api | pod x,y,z"};
    QTest::newRow("reduce to rows") << series() << reduce({"lastNotNull", "max"}, true) << QStringList{"Field one,two | Last * 20,6 | Max 20,6"};
    QTest::newRow("reduce a table") << Frames{table()} << reduce({"sum"}, true) << QStringList{"Field Value | Total 6"};
    QTest::newRow("reduce fields") << Frames{table()} << reduce({"lastNotNull"}, false) << QStringList{"job api | pod z | Value 2"};
    QTest::newRow("reduce fields twice") << series() << reduce({"min", "max"}, false)
                                         << QStringList{"one: one Min{job=\"api\"} 10 | one Max{job=\"api\"} 20", "two: two Min{job=\"db\"} 5 | two Max{job=\"db\"} 6"};
}

void TransformTest::calculationRows() {
    const auto binary = [](const char* left, const char* op, const char* right, const char* alias = "") {
        return with(step(kCalculateField), [&](Transformation& t) {
            t.left = left;
            t.op = op;
            t.right = right;
            t.alias = alias;
        });
    };
    const Frames two{{"A", "", {timesField({1, 2}), numbersField("a", {6, 8}), numbersField("b", {2, kNaN})}}};
    const QString before = "Time 1,2 | a 6,8 | b 2,nan | ";
    QTest::newRow("a + b") << two << binary("a", "+", "b") << QStringList{before + "a + b 8,nan"};
    QTest::newRow("a - 1") << two << binary("a", "-", "1", "less") << QStringList{before + "less 5,7"};
    QTest::newRow("a * b") << two << binary("a", "*", "b", "c") << QStringList{before + "c 12,nan"};
    QTest::newRow("100 / a") << two << binary("24", "/", "a", "c") << QStringList{before + "c 4,3"};
    QTest::newRow("a % 4") << two << binary("a", "%", "4", "c") << QStringList{before + "c 2,0"};
    QTest::newRow("a ** 2") << two << binary("a", "**", "2", "c") << QStringList{before + "c 36,64"};
    QTest::newRow("a > 7") << two << binary("a", ">", "7", "c") << QStringList{before + "c 0,1"};
    QTest::newRow("a = 6") << two << binary("a", "=", "6", "c") << QStringList{before + "c 1,0"};
    QTest::newRow("only the new one") << two << with(binary("a", "+", "1", "c"), [](Transformation& t) { t.exclude = true; }) << QStringList{"Time 1,2 | c 7,9"};
    QTest::newRow("of the row") << two << with(step(kCalculateField), [](Transformation& t) { t.calculations = {"mean"}; }) << QStringList{before + "Mean 4,8"};
    QTest::newRow("of some of the row") << two << with(step(kCalculateField, {rule("b")}), [](Transformation& t) {
        t.calculations = {"sum"};
        t.alias = "s";
    }) << QStringList{before + "s 2,0"};
    QTest::newRow("of series") << series() << binary("one", "+", "two", "both") << QStringList{"Time 1,2,3 | one{job=\"api\"} 10,20,nan | two{job=\"db\"} nan,5,6 | both nan,25,nan"};
}

void TransformTest::joinRows() {
    const Frame b = {"B", "", {timesField({9, 9}), textsField("pod", {"y", "w"}), numbersField("Value #B", {7, 8})}};
    QTest::newRow("join times") << series() << step(kJoinByField) << QStringList{"Time 1,2,3 | one{job=\"api\"} 10,20,nan | two{job=\"db\"} nan,5,6"};
    QTest::newRow("join texts") << Frames{table("Value #A"), b} << byPattern(kJoinByField, "pod")
                                << QStringList{"pod x,y,z,w | Time 1 9,9,9,0 | job api,db,api, | Value #A 3,1,2,nan | Time 2 0,9,0,9 | Value #B nan,7,nan,8"};
    QTest::newRow("join what has the field") << Frames{table("Value #A"), Frame{"B", "", {numbersField("v", {1})}}} << byPattern(kJoinByField, "pod") << QStringList{"pod x,y,z | Time 9,9,9 | job api,db,api | Value #A 3,1,2"};
    const auto inner = [](const char* pattern) {
        Transformation how = byPattern(kJoinByField, pattern);
        how.inner = true;
        return how;
    };
    QTest::newRow("join times all have") << series() << inner("") << QStringList{"Time 2 | one{job=\"api\"} 20 | two{job=\"db\"} 5"};
    QTest::newRow("join of three") << Frames{seriesFrame("a", {1, 2, 3}, {1, 2, 3}), seriesFrame("b", {2, 3}, {20, 30}), seriesFrame("c", {3, 1, 2, 2}, {300, 100, 0, 200})} << inner("Time")
                                   << QStringList{"Time 2,3 | a 2,3 | b 20,30 | c 200,300"};
    QTest::newRow("join of what none share") << Frames{seriesFrame("a", {1}, {1}), seriesFrame("b", {2}, {20})} << inner("Time") << QStringList{"Time | a | b"};
    QTest::newRow("join sorts") << Frames{seriesFrame("one", {3, 1}, {30, 10})} << byPattern(kJoinByField, "Time") << QStringList{"Time 1,3 | one 10,30"};
    QTest::newRow("merge") << Frames{table("Value #A"), b} << step(kMerge) << QStringList{"Time 9,9,9,9 | job api,db,api, | pod x,y,z,w | Value #A 3,1,2,nan | Value #B nan,7,nan,8"};
    QTest::newRow("merge what differs") << Frames{{"A", "", {textsField("k", {"a", "a"}), numbersField("v", {1, 2})}}, {"B", "", {textsField("k", {"a"}), numbersField("w", {5})}}} << step(kMerge)
                                        << QStringList{"k a,a | v 1,2 | w 5,nan"};
    QTest::newRow("merge of two kinds") << Frames{{"A", "", {numbersField("k", {1})}}, {"B", "", {textsField("k", {"x"})}}} << step(kMerge) << QStringList{"k 1,x"};
    QTest::newRow("merge equal rows") << Frames{{"A", "", {numbersField("k", {1})}}, {"B", "", {numbersField("k", {1, 2})}}} << step(kMerge) << QStringList{"k 1,2"};
    QTest::newRow("labels to columns") << series() << step(kLabelsToFields) << QStringList{"Time 1,2,2,3 | job api,api,db,db | Value 10,20,5,6"};
    QTest::newRow("labels to columns, one names the value") << series() << with(step(kLabelsToFields), [](Transformation& t) { t.alias = "job"; }) << QStringList{"Time 1,2,3 | api 10,20,nan | db nan,5,6"};
    QTest::newRow("labels to columns, some") << Frames{seriesFrame("s", {1}, {2}, {{"a", "x"}, {"b", "y"}})} << step(kLabelsToFields, {rule("b")}) << QStringList{"Time 1 | b y | Value 2"};
    QTest::newRow("labels to rows") << Frames{seriesFrame("s", {1}, {2}, {{"a", "x"}, {"b", "y"}})} << with(step(kLabelsToFields), [](Transformation& t) { t.asRows = true; }) << QStringList{"s: label a,b | value x,y"};
}

void TransformTest::transforms() {
    QFETCH(Frames, input);
    QFETCH(Transformation, how);
    std::vector<std::string> notes;
    const Frames output = transformed(input, {how}, notes);
    QTEST(frameTexts(output), "expected");
    QVERIFY2(notes.empty(), notes.empty() ? "" : notes.front().c_str());
    for (const Frame& frame : output)
        for (const Field& field : frame.fields)
            QCOMPARE(field.times.size() + field.numbers.size() + field.texts.size(), frame.rows());
    QVERIFY(transformed({}, {how}, notes).size() <= 1);
}

void TransformTest::says_data() {
    QTest::addColumn<Transformation>("how");
    QTest::addColumn<QString>("note");
    QTest::newRow("a broken pattern of fields") << byPattern(kFilterFields, "/(/") << "The fields were not filtered by '/(/': missing ): (.";
    QTest::newRow("a broken pattern of names") << byPattern(kRenameByRegex, "/a(?=b)/") << "Nothing was renamed by '/a(?=b)/': invalid perl operator: (?=.";
    QTest::newRow("an unknown condition") << step(kFilterByValue, {rule("job", "isPrime", "2")}) << "Rows were not filtered by 'job': the condition 'isPrime' is not known.";
    QTest::newRow("no number") << step(kFilterByValue, {rule("Value", "greater", "much")}) << "Rows were not filtered by 'Value': 'much' is no number.";
    QTest::newRow("half a range") << step(kFilterByValue, {rule("Value", "between", "1..")}) << "Rows were not filtered by 'Value': '1..' is no number.";
    QTest::newRow("an unknown calculation") << with(step(kReduce), [](Transformation& t) { t.calculations = {"uniqueValues"}; }) << "The calculation 'uniqueValues' is not known and was left out.";
    QTest::newRow("no calculation") << step(kReduce) << "Nothing was reduced: the transformation names no calculation.";
    QTest::newRow("an unknown operator") << with(step(kCalculateField), [](Transformation& t) { t.op = "^"; }) << "No field was calculated: the operator '^' is not known.";
    QTest::newRow("an unknown field") << with(step(kCalculateField), [](Transformation& t) {
        t.left = "Value";
        t.op = "+";
        t.right = "other";
    }) << "No field was calculated: 'Value' or 'other' is no field of numbers here.";
    QTest::newRow("an unknown row calculation") << with(step(kCalculateField), [](Transformation& t) { t.calculations = {"x"}; }) << "No field was calculated: the calculation 'x' is not known.";
    QTest::newRow("no field to join on") << byPattern(kJoinByField, "other") << "Nothing was joined: there is no field 'other'.";
}

void TransformTest::says() {
    QFETCH(Transformation, how);
    std::vector<std::string> notes;
    const Frames output = transformed({table()}, {how}, notes);
    QTEST(QString::fromStdString(notes.empty() ? "" : notes.front()), "note");
    QCOMPARE(frameTexts(output), frameTexts({table()}));
}

void TransformTest::goesInOrder() {
    std::vector<std::string> notes;
    const Frames output = transformed(series(), {with(step(kReduce), [](Transformation& t) {
                                                     t.calculations = {"mean"};
                                                     t.asRows = true;
                                                 }),
                                                 step(kSortBy, {rule("Mean")}), step(kOrganize, {placed("Field", -1, "Series")})},
                                      notes);
    QCOMPARE(frameTexts(output), QStringList{"Series two,one | Mean 5.5,15"});
}

void TransformTest::staysInBounds() {
    // Times of one series each: side by side they would be a table of a hundred million cells.
    Frames many;
    for (int i = 0; i < 1'000; ++i) {
        std::vector<int> seconds(100);
        for (int j = 0; j < 100; ++j)
            seconds[static_cast<size_t>(j)] = i * 100 + j;
        many.push_back(seriesFrame("s", seconds, std::vector<double>(100, 1.0), {{"i", std::to_string(i)}}));
    }
    std::vector<std::string> notes;
    QCOMPARE(transformed(many, {step(kJoinByField)}, notes).size(), size_t{1'000});
    QCOMPARE(notes, std::vector<std::string>{"The transformation 'join by field' was left out: its table would have more than 5000000 cells."});
    Frame large = seriesFrame("s", {}, {});
    large.fields[0].times.assign(2'000'000, 1);
    large.fields[1].numbers.assign(2'000'000, 1);
    notes.clear();
    QCOMPARE(transformed({large, large}, {}, notes).size(), size_t{1});
    QCOMPARE(notes, std::vector<std::string>{"Only the first 1 of 2 series are transformed: there are too many values."});
}

void TransformTest::readsRegexesAsJavaScript() {
    const auto replaced = [](const char* pattern, const char* text, const char* replacement) {
        const auto regex = JsRegex::compile(pattern);
        return regex.ok() ? regex->replace(text, replacement) : regex.error().message;
    };
    QCOMPARE(replaced("/o/g", "foo", "0"), std::string("f00"));
    QCOMPARE(replaced("/O/i", "foo", "0"), std::string("f0o"));
    QCOMPARE(replaced("/x*/g", "ab", "-"), std::string("-a-b-"));
    QCOMPARE(replaced("(a)(b)", "ab", "$2$1$3$&$$$x"), std::string("ba$3ab$$x"));
    QCOMPARE(replaced("/(a)|(b)/", "b", "[$1]"), std::string("[]"));
    QVERIFY(!JsRegex::compile("o")->matches("foo"));
    QVERIFY(JsRegex::compile("/o/")->matches("foo"));
}

QTEST_APPLESS_MAIN(TransformTest)
#include "transform_test.moc"

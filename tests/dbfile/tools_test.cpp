// Files of sqlite-otel, Phoenix, MLflow, Trackio and llm, made by their own schemas: row for row, attribute for attribute.
#include "read_file.h"

using namespace nj;
using namespace nj::test;

namespace {

// As Span.to_dict() writes it: attribute values are JSON in texts. (Qt's moc loses its way in raw strings with backslashes.)
std::string spanContent() {
    std::string text = "{'trace_id':'x','span_id':'b7ad6b7169203332','name':'chat','attributes':{'mlflow.spanType':'~'CHAT_MODEL~'','mlflow.spanInputs':'{~'q~': 1}',"
                       "'mlflow.chat.tokenUsage':'{~'input_tokens~': 10, ~'output_tokens~': 20, ~'total_tokens~': 30}','mlflow.llm.model':'~'gpt-4o~'','plain':'tomato','n':3},"
                       "'status':{'code':'ERROR','message':'boom'},'events':[{'name':'first_token','time_unix_nano':1773745092100000000,'attributes':{'i':0}}]}";
    for (char& c : text)
        c = c == '\'' ? '"' : c == '~' ? '\\' : c;
    return text;
}

}  // namespace

class ToolsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void sqliteOtel() {
        const QString path = make("otel.db", std::string(sqliteOtelSchema()) +
            "INSERT INTO resources (attributes, schema_url) VALUES ('[{\"key\":\"service.name\",\"value\":{\"stringValue\":\"checkout\"}},{\"key\":\"host.cpus\",\"value\":{\"intValue\":\"8\"}}]','https://opentelemetry.io/schemas/1.21.0'),('{}','');"
            "INSERT INTO instrumentation_scopes (name, version, attributes) VALUES ('lib','1.2','[]');"
            "INSERT INTO spans VALUES ('0af7651916cd43dd8448eb211c80319c','b7ad6b7169203331','k=v','','GET /cart',2,1773745092000000000,1773745092250000000,"
            "'[{\"key\":\"http.response.status_code\",\"value\":{\"intValue\":\"504\"}},{\"key\":\"retry\",\"value\":{\"boolValue\":true}}]',"
            "'[{\"name\":\"exception\",\"timeUnixNano\":\"1773745092100000000\",\"attributes\":[{\"key\":\"exception.type\",\"value\":{\"stringValue\":\"Timeout\"}}]}]',"
            "'[{\"traceId\":\"0af7651916cd43dd8448eb211c80319d\",\"spanId\":\"b7ad6b7169203332\"}]',2,'too late',1,1),"
            "('0af7651916cd43dd8448eb211c80319c','b7ad6b7169203333','','b7ad6b7169203331','query',3,1773745092010000000,1773745092020000000,'not json','null','null',0,'',1,1),"
            "('','b7ad6b7169203334','','','lost',1,1,2,'null','null','null',0,'',1,1),"
            "('0af7651916cd43dd8448eb211c80319c','b7ad6b7169203335','','b7ad6b7169203331','other',3,1773745092010000000,1773745092020000000,'[]','null','null',1,'',2,9);"
            "INSERT INTO metrics (name, description, unit, type, resource_id, scope_id) VALUES ('queue.size','d','{item}','gauge',1,1),('requests','','1','sum',1,1),('latency','','s','histogram',1,1);"
            "INSERT INTO metric_data_points (metric_id, attributes, start_time_unix_nano, time_unix_nano, value_double, value_int, exemplars, flags) VALUES"
            " (1,'[{\"key\":\"q\",\"value\":{\"stringValue\":\"a\"}}]',0,1773745092000000000,3.5,NULL,'null',0),"
            " (2,'null',1773745000000000000,1773745092000000000,NULL,42,'[{\"timeUnixNano\":\"1773745091000000000\",\"asDouble\":7,\"traceId\":\"0af7651916cd43dd8448eb211c80319c\",\"spanId\":\"b7ad6b7169203331\"}]',0),"
            " (3,'null',0,1773745092000000000,NULL,NULL,'null',0),(77,'null',0,1773745092000000000,1,NULL,'null',0);"
            "INSERT INTO log_records (time_unix_nano, observed_time_unix_nano, severity_number, severity_text, body, attributes, trace_id, span_id, flags, resource_id, scope_id) VALUES"
            " (1773745092000000000,1773745092000000001,17,'ERROR','{\"stringValue\":\"it broke\"}','[{\"key\":\"user\",\"value\":{\"stringValue\":\"u1\"}}]','0af7651916cd43dd8448eb211c80319c','b7ad6b7169203331',1,1,1),"
            " (1773745093000000000,0,9,'INFO','plain {text','null','','',0,1,1),(1773745094000000000,0,9,'INFO','\"quoted\"','null','','',0,1,1);");
        const FileReading r = readFile(path);
        QCOMPARE(r.report.format, std::string("sqlite_otel"));
        QCOMPARE(r.report.problem, std::string());
        QVERIFY2(r.has(R"(resource {"service.name":"checkout","host.cpus":8} schema=https://opentelemetry.io/schemas/1.21.0)"), r.text.c_str());
        QVERIFY(r.has("scope lib 1.2 {}"));
        QVERIFY2(r.has(R"(span 0af7651916cd43dd8448eb211c80319c b7ad6b7169203331 parent=0000000000000000 1773745092000000000..1773745092250000000 'GET /cart' r0 s0 kind=2 status=2 'too late' state=k=v flags=0 dropped=0/0/0 {"http.response.status_code":504,"retry":true})"), r.text.c_str());
        QVERIFY(r.has(R"(event of 0 at 1773745092100000000 'exception' dropped=0 {"exception.type":"Timeout"})"));
        QVERIFY(r.has("link of 0 to 0af7651916cd43dd8448eb211c80319d b7ad6b7169203332"));
        QVERIFY(r.has("b7ad6b7169203333 parent=b7ad6b7169203331 1773745092010000000..1773745092020000000 'query' r0 s0 kind=3 status=0 '-' state=- flags=0 dropped=0/0/0 {}"));
        QCOMPARE(r.spans(), size_t{3});
        QVERIFY(r.has("'span without trace id'"));
        QVERIFY(r.has("'attributes that are no JSON'"));
        QVERIFY(r.has("'rows whose scope is not in the file'"));
        QVERIFY2(r.has(R"(queue.size unit={item} 'd' kind=1 temporality=0 monotonic=false {"q":"a"})"), r.text.c_str());
        QVERIFY(r.has("1773745092000000000 3.5"));
        QVERIFY(r.has("requests unit=1 '' kind=2 temporality=2 monotonic=false {}"));
        QVERIFY(r.has("1773745000000000000..1773745092000000000 int 42"));
        QVERIFY(r.has("at 1773745091000000000 7 0af7651916cd43dd8448eb211c80319c b7ad6b7169203331 {}"));
        QVERIFY(r.has("'data point without a value (sqlite-otel keeps none of histograms and summaries)'"));
        QVERIFY(r.has("'data point whose metric is not in the file'"));
        QVERIFY(r.assumptions.find("cumulative") != std::string::npos);
        QVERIFY(r.has(R"(log 1773745092000000000 observed=1773745092000000001 sev=17 ERROR body1='it broke' 0af7651916cd43dd8448eb211c80319c b7ad6b7169203331 event=- r0 s0 flags=1)"));
        QVERIFY(r.has("body1='plain {text'"));
        QVERIFY(r.has("body1='quoted'"));
        QCOMPARE(r.rejected(), uint64_t{3});
    }
    // A later schema, as its design has it: buckets and temporality are there.
    void sqliteOtelHistograms() {
        const QString path = make("otel2.db", std::string(sqliteOtelSchema()) +
            "ALTER TABLE metrics RENAME COLUMN type TO metric_type; ALTER TABLE metric_data_points ADD COLUMN aggregation_temporality INTEGER; ALTER TABLE metric_data_points ADD COLUMN is_monotonic BOOLEAN;"
            "ALTER TABLE metric_data_points ADD COLUMN count INTEGER; ALTER TABLE metric_data_points ADD COLUMN sum_value REAL; ALTER TABLE metric_data_points ADD COLUMN bucket_counts TEXT;"
            "ALTER TABLE metric_data_points ADD COLUMN explicit_bounds TEXT;"
            "INSERT INTO metrics (name, metric_type, resource_id, scope_id) VALUES ('latency','histogram',0,0),('n','sum',0,0);"
            "INSERT INTO metric_data_points (metric_id, time_unix_nano, aggregation_temporality, is_monotonic, count, sum_value, bucket_counts, explicit_bounds, value_int) VALUES (1,1773745092000000000,1,NULL,3,2.5,'[1,2,0]','[0.5,1]',NULL),(2,1773745092000000000,1,1,NULL,NULL,NULL,NULL,5);");
        const FileReading r = readFile(path);
        QVERIFY2(r.has("count=3 sum=2.5 bounds=[0.5,1] buckets=[1,2,0]"), r.text.c_str());
        QVERIFY(r.has("kind=3 temporality=1"));
        QVERIFY(r.has("n unit= '' kind=2 temporality=1 monotonic=true"));
        QCOMPARE(r.rejected(), uint64_t{0});
    }
    void phoenix() {
        const QString path = make("phoenix.db", std::string(phoenixSchema()) +
            "INSERT INTO projects (id, name, gradient_end_color) VALUES (1,'default','#1'),(2,'rag','#2');"
            "INSERT INTO traces VALUES (5,2,'0af7651916cd43dd8448eb211c80319c',NULL,'2026-03-17 10:58:12.000000','2026-03-17 10:58:14.000000');"
            "INSERT INTO spans VALUES (11,5,'b7ad6b7169203331',NULL,'query','CHAIN','2026-03-17 10:58:12.000000','2026-03-17 10:58:14.500000','{\"openinference\":{\"span\":{\"kind\":\"CHAIN\"}},\"session\":{\"id\":\"s1\"},\"metadata\":{\"a\":{\"b\":1}}}','[]','OK','',0,0,0,NULL,NULL),"
            "(12,5,'b7ad6b7169203332','b7ad6b7169203331','ChatCompletion','LLM','2026-03-17 10:58:12.250000','2026-03-17 10:58:14.000000',"
            "'{\"llm\":{\"model_name\":\"llama-3\",\"token_count\":{\"prompt\":12},\"input_messages\":[{\"message\":{\"role\":\"user\",\"content\":\"hi\"}}]},\"tag\":{\"tags\":[\"x\",\"y\"]}}',"
            "'[{\"name\":\"exception\",\"timestamp\":\"2026-03-17T10:58:13+00:00\",\"attributes\":{\"exception.message\":\"no\"}}]','ERROR','no',1,12,34,12,34),"
            "(13,99,'b7ad6b7169203335',NULL,'orphan','LLM','2026-03-17 10:58:12','2026-03-17 10:58:12','{}','[]','OK','',0,0,0,NULL,NULL),"
            "(14,5,'b7ad6b7169203336',NULL,'untimed','TOOL','yesterday','2026-03-17 10:58:12','{}','[]','OK','',0,0,0,NULL,NULL);"
            "INSERT INTO span_annotations VALUES (1,12,'correctness','incorrect',0.25,'made up','{}','LLM','2026-03-17 11:00:00','2026-03-17 11:00:00'),(2,400,'x',NULL,1,NULL,'{}','HUMAN','2026-03-17 11:00:00','2026-03-17 11:00:00');"
            "INSERT INTO trace_annotations VALUES (1,5,'helpful',NULL,1,NULL,'{}','HUMAN','2026-03-17 11:00:01','2026-03-17 11:00:01');");
        const FileReading r = readFile(path);
        QCOMPARE(r.report.format, std::string("phoenix"));
        QVERIFY2(r.has(R"(resource {"service.name":"rag","openinference.project.name":"rag"})"), r.text.c_str());
        QVERIFY2(r.has(R"(span 0af7651916cd43dd8448eb211c80319c b7ad6b7169203331 parent=0000000000000000 1773745092000000000..1773745094500000000 'query' r0 s-1 kind=0 status=1 '-' state=- flags=0 dropped=0/0/0 {"metadata":{"a":{"b":1}},"openinference.span.kind":"CHAIN","session.id":"s1"})"), r.text.c_str());
        QVERIFY2(r.has(R"(b7ad6b7169203332 parent=b7ad6b7169203331 1773745092250000000..1773745094000000000 'ChatCompletion' r0 s-1 kind=0 status=2 'no' state=- flags=0 dropped=0/0/0 {"openinference.span.kind":"LLM","llm.model_name":"llama-3","llm.token_count.prompt":12,"llm.input_messages.0.message.role":"user","llm.input_messages.0.message.content":"hi","tag.tags":["x","y"],"llm.token_count.completion":34})"), r.text.c_str());
        QVERIFY(r.has(R"(event of 1 at 1773745093000000000 'exception' dropped=0 {"exception.message":"no"})"));
        QVERIFY2(r.has("evaluation of 4:0 at 1773745200000000000 correctness score=0.25 label=incorrect 'made up' response= 0af7651916cd43dd8448eb211c80319c b7ad6b7169203332"), r.text.c_str());
        QVERIFY(r.has("at 1773745201000000000 helpful score=1 label= '' response= 0af7651916cd43dd8448eb211c80319c 0000000000000000"));
        QCOMPARE(r.spans(), size_t{2});
        QCOMPARE(r.rejected(), uint64_t{3});
        QVERIFY(r.has("'span whose trace is not in the file'") && r.has("'span without a start time'") && r.has("'annotation whose span is not in the file'"));
        QVERIFY(r.assumptions.find("UTC") != std::string::npos);
    }
    void mlflowRuns() {
        const QString path = make("mlflow.db", mlflowSchema(false) +
            "INSERT INTO experiments VALUES (0,'Default','',NULL,0,0),(1,'finetune','','active',0,0);"
            "INSERT INTO runs VALUES ('r1','calm-bee-7','LOCAL','t.py','','ann','FINISHED',1773745092000,1773745192000,'','active','',1,NULL),('r2','bad','LOCAL','t.py','','ann','FAILED',1773745092000,NULL,'','active','',1,NULL);"
            "INSERT INTO params VALUES ('lr','0.001','r1'),('epochs','3','r1'); INSERT INTO tags VALUES ('mlflow.user','ann','r1'),('x','y','r9');"
            "INSERT INTO metrics VALUES ('loss',0.5,1773745093000,'r1',0,0),('loss',0.25,1773745094000,'r1',1,0),('loss',0,1773745095000,'r1',2,1),('acc',1,1773745094000,'r2',0,0),('acc',1,1773745094000,'gone',0,0);"
            "INSERT INTO trace_info VALUES ('tr-0af7651916cd43dd8448eb211c80319c',1,1773745092000,250,'OK'),('old-style-id',1,1773745093000,NULL,'IN_PROGRESS');"
            "INSERT INTO trace_tags VALUES ('mlflow.traceName','predict','tr-0af7651916cd43dd8448eb211c80319c'); INSERT INTO trace_request_metadata VALUES ('mlflow.trace.session','s9','tr-0af7651916cd43dd8448eb211c80319c');");
        const FileReading r = readFile(path);
        QCOMPARE(r.report.format, std::string("mlflow"));
        QVERIFY2(r.has(R"(resource {"service.name":"finetune","mlflow.run.id":"r1","mlflow.run.name":"calm-bee-7","mlflow.user":"ann","mlflow.param.lr":"0.001","mlflow.param.epochs":"3","mlflow.tag.mlflow.user":"ann"})"), r.text.c_str());
        QVERIFY(r.has("loss unit= '' kind=1"));
        QVERIFY(r.has("1773745093000000000 0.5") && r.has("1773745094000000000 0.25") && r.has("1773745095000000000 nan"));
        QCOMPARE(r.samples(), size_t{4});
        QVERIFY2(r.has("span 0af7651916cd43dd8448eb211c80319c"), r.text.c_str());
        QVERIFY(r.has(R"(1773745092000000000..1773745092250000000 'predict')") && r.has(R"({"session.id":"s9"})"));
        QCOMPARE(r.spans(), size_t{2});
        QCOMPARE(r.rejected(), uint64_t{2});
        size_t events = 0;
        for (const Batch& batch : r.batches)
            for (const IncidentEvent& event : batch.events) {
                ++events;
                QCOMPARE(event.entity, std::string("finetune"));
                QCOMPARE(event.time, TimeNs{1773745092000000000});
                QVERIFY(event.title == "MLflow run calm-bee-7 FINISHED" ? event.end == 1773745192000000000 && event.severity == 9 : event.end == 0 && event.severity == 17);
            }
        QCOMPARE(events, size_t{2});
    }
    void mlflowSpans() {
        const std::string trace = "tr-0af7651916cd43dd8448eb211c80319c";
        const std::string content = spanContent();
        const QString path = make("mlflow3.db", mlflowSchema(true) +
            "INSERT INTO experiments VALUES (0,'agents','',NULL,0,0);"
            "INSERT INTO trace_info VALUES ('" + trace + "',0,1773745092000,250,'OK','c','in','out');"
            "INSERT INTO trace_request_metadata VALUES ('mlflow.trace.session','s9','" + trace + "');"
            "INSERT INTO spans (trace_id, experiment_id, span_id, parent_span_id, name, type, status, start_time_unix_nano, end_time_unix_nano, content) VALUES"
            " ('" + trace + "',0,'b7ad6b7169203331',NULL,'agent','AGENT','OK',1773745092000000000,1773745092250000000,'{}'),"
            " ('" + trace + "',0,'b7ad6b7169203332','b7ad6b7169203331','chat','CHAT_MODEL','ERROR',1773745092010000000,1773745092200000000," + SqliteFile::quoted(content) + "),"
            " ('" + trace + "',0,'b7ad6b7169203333','b7ad6b7169203331','re','RERANKER','UNSET',1773745092010000000,NULL,'no json');"
            "INSERT INTO assessments (assessment_id, trace_id, name, assessment_type, value, created_timestamp, last_updated_timestamp, source_type, span_id, rationale, valid) VALUES"
            " ('a1','" + trace + "','relevance','feedback','0.75',1773745200000,0,'LLM_JUDGE','b7ad6b7169203332','close',1),('a2','" + trace + "','safe','feedback','true',1773745200000,0,'HUMAN',NULL,NULL,1),"
            " ('a3','" + trace + "','tone','feedback','\"kind\"',1773745200000,0,'HUMAN',NULL,NULL,1),('a4','" + trace + "','answer','expectation','\"42\"',1773745200000,0,'HUMAN',NULL,NULL,1);");
        const FileReading r = readFile(path);
        QCOMPARE(r.spans(), size_t{3});
        QVERIFY2(r.has(R"('agent' r0 s-1 kind=0 status=1 '-' state=- flags=0 dropped=0/0/0 {"mlflow.spanType":"AGENT","gen_ai.operation.name":"invoke_agent","session.id":"s9"})"), r.text.c_str());
        QVERIFY2(r.has(R"(span 0af7651916cd43dd8448eb211c80319c b7ad6b7169203332 parent=b7ad6b7169203331 1773745092010000000..1773745092200000000 'chat' r0 s-1 kind=0 status=2 'boom')"), r.text.c_str());
        for (const char* attribute : {R"("mlflow.spanType":"CHAT_MODEL")", R"("mlflow.spanInputs":{"q":1})", R"("gen_ai.usage.input_tokens":10)", R"("gen_ai.usage.output_tokens":20)", R"("gen_ai.operation.name":"chat")",
                                      R"("gen_ai.request.model":"gpt-4o")", R"("plain":"tomato")", R"("n":3)", R"("openinference.span.kind":"RERANKER")"})
            QVERIFY2(r.has(attribute), attribute);
        QVERIFY(r.has(R"(event of 1 at 1773745092100000000 'first_token' dropped=0 {"i":0})"));
        QVERIFY(r.has("relevance score=0.75 label= 'close' response= 0af7651916cd43dd8448eb211c80319c b7ad6b7169203332"));
        QVERIFY(r.has("safe score=1 label=true") && r.has("tone score=- label=kind"));
        QVERIFY(!r.has("expectation") && !r.has(" answer "));
        QVERIFY(r.has("'span content that is no JSON'"));
    }
    void trackioAndLlm() {
        const FileReading t = readFile(make("trackio.db",
            "CREATE TABLE metrics (id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp TEXT NOT NULL, run_name TEXT NOT NULL, step INTEGER NOT NULL, metrics TEXT NOT NULL);"
            "CREATE TABLE configs (id INTEGER PRIMARY KEY, run_name TEXT, config TEXT); CREATE TABLE alerts (run_id TEXT, timestamp TEXT, run_name TEXT, title TEXT, text TEXT, level TEXT, step INTEGER);"
            "INSERT INTO metrics (timestamp, run_name, step, metrics) VALUES ('2026-03-17T10:58:12.000000+00:00','r',0,'{\"loss\": 0.5, \"name\": \"x\", \"ok\": true}'),('2026-03-17T10:58:13','r',1,'nope');"
            "INSERT INTO alerts VALUES ('1','2026-03-17T10:58:14Z','r','Loss','is high','warn',3);"));
        QCOMPARE(t.report.format, std::string("trackio"));
        QCOMPARE(t.samples(), size_t{2});
        QVERIFY2(t.has("1773745092000000000 0.5") && t.has("sev=13 warn body1='Loss: is high'"), t.text.c_str());
        QCOMPARE(t.rejected(), uint64_t{1});
        const FileReading l = readFile(make("logs.db",
            "CREATE TABLE conversations (id TEXT PRIMARY KEY, name TEXT, model TEXT); CREATE TABLE responses (id TEXT PRIMARY KEY, model TEXT, prompt TEXT, system TEXT, prompt_json TEXT, options_json TEXT, response TEXT,"
            " response_json TEXT, conversation_id TEXT REFERENCES conversations(id), duration_ms INTEGER, datetime_utc TEXT, input_tokens INTEGER, output_tokens INTEGER, token_details TEXT);"
            "INSERT INTO responses VALUES ('01a','llama-3','hi',NULL,NULL,'{}','hello',NULL,'c1',1500,'2026-03-17T10:58:12.000000+00:00',3,4,NULL),('01b','llama-3','again',NULL,NULL,'{}','yes',NULL,'c1',100,'2026-03-17T10:59:12+00:00',3,4,NULL);"));
        QCOMPARE(l.report.format, std::string("llm_log"));
        QVERIFY2(l.has("1773745092000000000..1773745093500000000 'chat llama-3'") && l.has(R"("gen_ai.usage.output_tokens":4)"), l.text.c_str());
        QCOMPARE(l.batches.front().spans.traceId[0], l.batches.front().spans.traceId[1]);
    }

private:
    QString make(const char* name, const std::string& sql) {
        const QString path = folder_.filePath(QString::fromUtf8(name));
        SqliteFile db(path);
        return db.run(sql) ? path : QString();
    }
    QTemporaryDir folder_;
};

QTEST_GUILESS_MAIN(ToolsTest)
#include "tools_test.moc"

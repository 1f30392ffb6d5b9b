// A report of Nsight Systems, made by the schema nsys exports.
#include "dbfile/nvtx_ranges.h"
#include "read_file.h"

using namespace nj;
using namespace nj::test;

namespace {

constexpr const char* kSchema =
    "CREATE TABLE StringIds (id INTEGER NOT NULL PRIMARY KEY, value TEXT NOT NULL);"
    "CREATE TABLE CUPTI_ACTIVITY_KIND_KERNEL (start INTEGER NOT NULL, end INTEGER NOT NULL, deviceId INTEGER NOT NULL, contextId INTEGER NOT NULL, greenContextId INTEGER, streamId INTEGER NOT NULL, correlationId INTEGER,"
    " globalPid INTEGER, demangledName INTEGER NOT NULL, shortName INTEGER NOT NULL, mangledName INTEGER, launchType INTEGER, cacheConfig INTEGER, registersPerThread INTEGER NOT NULL, gridX INTEGER NOT NULL,"
    " gridY INTEGER NOT NULL, gridZ INTEGER NOT NULL, blockX INTEGER NOT NULL, blockY INTEGER NOT NULL, blockZ INTEGER NOT NULL);"
    "CREATE TABLE CUPTI_ACTIVITY_KIND_RUNTIME (start INTEGER NOT NULL, end INTEGER NOT NULL, eventClass INTEGER NOT NULL, globalTid INTEGER, correlationId INTEGER, nameId INTEGER NOT NULL, returnValue INTEGER NOT NULL, callchainId INTEGER);"
    "CREATE TABLE CUPTI_ACTIVITY_KIND_MEMCPY (start INTEGER NOT NULL, end INTEGER NOT NULL, deviceId INTEGER NOT NULL, contextId INTEGER NOT NULL, streamId INTEGER NOT NULL, correlationId INTEGER, globalPid INTEGER,"
    " bytes INTEGER NOT NULL, copyKind INTEGER NOT NULL);"
    "CREATE TABLE NVTX_EVENTS (start INTEGER NOT NULL, end INTEGER, eventType INTEGER NOT NULL, rangeId INTEGER, category INTEGER, color INTEGER, text TEXT, globalTid INTEGER, endGlobalTid INTEGER, textId INTEGER, domainId INTEGER);"
    "CREATE TABLE TARGET_INFO_GPU (id INTEGER, name TEXT);"
    "CREATE TABLE TARGET_INFO_SYSTEM_ENV (globalVid INTEGER, devStateName TEXT NOT NULL, name TEXT NOT NULL, nameEnum INTEGER NOT NULL, value TEXT NOT NULL);"
    "CREATE TABLE META_DATA_EXPORT (name TEXT NOT NULL, value TEXT);";

// pid 4242, tid 4243, packed as nsys does.
std::string globalTid() { return std::to_string((int64_t{1} << 56) + int64_t{4242} * 0x1000000 + 4243); }
std::string globalPid() { return std::to_string((int64_t{1} << 56) + int64_t{4242} * 0x1000000); }

}  // namespace

class NsightTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aReport() {
        const QString path = folder_.filePath(QStringLiteral("report.sqlite"));
        SqliteFile db(path);
        QVERIFY(db.run(std::string(kSchema) +
            "CREATE TABLE TARGET_INFO_SESSION_START_TIME (utcEpochNs INTEGER, utcTime TEXT, localTime TEXT); INSERT INTO TARGET_INFO_SESSION_START_TIME VALUES (1773745092000000000,'','');"
            "INSERT INTO TARGET_INFO_GPU VALUES (0,'NVIDIA H100'); INSERT INTO TARGET_INFO_SYSTEM_ENV VALUES (0,'','Hostname',1,'gpu-node-07');"
            "INSERT INTO StringIds VALUES (1,'void flash_fwd_kernel<float>(Params)'),(2,'flash_fwd_kernel'),(3,'cudaLaunchKernel_v7000'),(4,'prefill'),(5,'cudaMemcpyAsync');"
            "INSERT INTO CUPTI_ACTIVITY_KIND_RUNTIME VALUES (1000,2000,0," + globalTid() + ",77,3,0,NULL),(5000,6000,0," + globalTid() + ",78,5,2,NULL);"
            "INSERT INTO CUPTI_ACTIVITY_KIND_KERNEL VALUES (2500,4500,0,1,NULL,7,77," + globalPid() + ",1,2,NULL,0,0,128,16,1,1,256,1,1);"
            "INSERT INTO CUPTI_ACTIVITY_KIND_MEMCPY VALUES (6500,7000,0,1,13,78," + globalPid() + ",4096,1);"
            "INSERT INTO NVTX_EVENTS VALUES (500,9000,59,NULL,NULL,NULL,NULL," + globalTid() + ",NULL,4,0),(600,NULL,34,NULL,NULL,NULL,'step 1'," + globalTid() + ",NULL,NULL,0),(0,NULL,75,NULL,NULL,NULL,'domain',0,NULL,NULL,0);"));
        db.close();
        const FileReading r = readFile(path);
        QCOMPARE(r.report.format, std::string("nsight_systems"));
        QCOMPARE(r.assumptions, std::string());
        // Two streams and a process: 6 rows and 3 roots.
        QCOMPARE(r.spans(), size_t{9});
        QCOMPARE(r.batches.size(), size_t{1});
        const Batch& b = r.batches.front();
        const auto named = [&](const char* name) {
            for (uint32_t i = 0; i < b.spans.size(); ++i)
                if (b.strings.view(b.spans.name[i]) == name)
                    return i;
            return kNoIndex;
        };
        const uint32_t kernel = named("flash_fwd_kernel"), call = named("cudaLaunchKernel_v7000"), failed = named("cudaMemcpyAsync"), copy = named("memcpy HtoD"), range = named("prefill"), mark = named("step 1");
        const uint32_t stream = named("GPU 0 stream 7"), process = named("process 4242");
        for (const uint32_t row : {kernel, call, failed, copy, range, mark, stream, process})
            QVERIFY2(row != kNoIndex, r.text.c_str());
        QCOMPARE(b.spans.start[kernel], TimeNs{1773745092000002500});
        QCOMPARE(b.spans.end[kernel], TimeNs{1773745092000004500});
        QCOMPARE(b.spans.traceId[kernel], b.spans.traceId[stream]);
        QCOMPARE(b.spans.parentSpanId[kernel], b.spans.spanId[stream]);
        QVERIFY(b.spans.parentSpanId[stream].empty());
        QVERIFY(b.spans.traceId[copy] != b.spans.traceId[kernel]);
        QCOMPARE(attributesToJson(b.spans.attributes.row(kernel)),
                 std::string(R"j({"gpu.activity":"kernel","cuda.kernel":"void flash_fwd_kernel<float>(Params)","cuda.correlation_id":77,"cuda.grid.x":16,"cuda.grid.y":1,"cuda.grid.z":1,"cuda.block.x":256,"cuda.block.y":1,"cuda.block.z":1,"cuda.registers":128})j"));
        QCOMPARE(attributesToJson(b.resources[b.spans.resource[kernel]].attributes), std::string(R"({"service.name":"nsys","gpu.index":"0","host.name":"gpu-node-07","gpu.model":"NVIDIA H100"})"));
        // The kernel's link leads to the call that started it.
        QCOMPARE(b.spanLinks.span[0], kernel);
        QCOMPARE(b.spanLinks.traceId[0], b.spans.traceId[call]);
        QCOMPARE(b.spanLinks.spanId[0], b.spans.spanId[call]);
        QVERIFY(b.spans.status[failed] == SpanStatus::kError && b.spans.status[call] == SpanStatus::kUnset);
        QCOMPARE(b.spans.traceId[range], b.spans.traceId[process]);
        QCOMPARE(b.spans.start[process], TimeNs{1773745092000000500});
        QCOMPARE(b.spans.end[process], TimeNs{1773745092000009000});
        QCOMPARE(b.spans.start[mark], b.spans.end[mark]);
        // What the thread did within its range lies under it.
        QCOMPARE(b.spans.parentSpanId[range], b.spans.spanId[process]);
        for (const uint32_t row : {call, failed, mark})
            QCOMPARE(b.spans.parentSpanId[row], b.spans.spanId[range]);
        QCOMPARE(attributesToJson(b.spans.attributes.row(range)), std::string(R"({"gpu.activity":"nvtx range","thread.id":4243,"nvtx.domain":0})"));
    }
    void rangesNest() {
        dbfile::NvtxRanges ranges;
        // In any order; thread 2 is another. 4 and 5 lie over each other exactly, 6 only overlaps 3.
        ranges.add(1, 20, 30, 3);
        ranges.add(1, 0, 100, 1);
        ranges.add(2, 0, 100, 9);
        ranges.add(1, 40, 50, 4);
        ranges.add(1, 40, 50, 5);
        ranges.add(1, 10, 60, 2);
        ranges.add(1, 25, 35, 6);
        ranges.add(1, 90, 80, 7);
        ranges.nest();
        QVERIFY(!ranges.around(1, 0, 100, 1) && !ranges.around(2, 0, 100, 9));
        QCOMPARE(*ranges.around(1, 10, 60, 2), int64_t{1});
        QCOMPARE(*ranges.around(1, 20, 30, 3), int64_t{2});
        QCOMPARE(*ranges.around(1, 40, 50, 4), int64_t{2});
        QCOMPARE(*ranges.around(1, 40, 50, 5), int64_t{4});
        QCOMPARE(*ranges.around(1, 25, 35, 6), int64_t{2});
        QCOMPARE(*ranges.innermost(1, 21, 22), int64_t{3});
        QCOMPARE(*ranges.innermost(1, 55, 58), int64_t{2});
        QCOMPARE(*ranges.innermost(1, 55, 70), int64_t{1});
        QCOMPARE(*ranges.innermost(2, 21, 22), int64_t{9});
        QVERIFY(!ranges.innermost(1, 50, 200) && !ranges.innermost(3, 1, 2) && !ranges.innermost(1, -5, 2));
    }
    void withoutAStart() {
        const QString path = folder_.filePath(QStringLiteral("old.sqlite"));
        SqliteFile db(path);
        QVERIFY(db.run(std::string(kSchema) + "INSERT INTO CUPTI_ACTIVITY_KIND_RUNTIME VALUES (1000,2000,0," + globalTid() + ",77,3,0,NULL),('x',2000,0," + globalTid() + ",77,3,0,NULL);"));
        db.close();
        const FileReading r = readFile(path);
        QVERIFY(r.assumptions.find("TARGET_INFO_SESSION_START_TIME") != std::string::npos);
        QVERIFY2(r.has("1000..2000 'CUDA call'"), r.text.c_str());
        QCOMPARE(r.rejected(), uint64_t{1});
    }

private:
    QTemporaryDir folder_;
};

QTEST_GUILESS_MAIN(NsightTest)
#include "nsight_test.moc"

#include "format/log_field_names.h"

#include <array>

namespace nj::format {
namespace {

using R = FieldRole;

constexpr FieldName kNames[] = {
    // Time
    {"@timestamp", R::kTime, 0, {}},
    {"timestamp", R::kTime, 1, {}},
    {"time", R::kTime, 2, {}},
    {"ts", R::kTime, 2, {}},
    {"t", R::kTime, 3, {}},
    {"@t", R::kTime, 1, {}},
    {"t.$date", R::kTime, 1, {}},
    {"_time", R::kTime, 1, {}},
    {"datetime", R::kTime, 3, {}},
    {"date", R::kTime, 6, {}},
    {"asctime", R::kTime, 3, {}},
    {"eventtime", R::kTime, 4, {}},
    {"event_time", R::kTime, 4, {}},
    {"created_at", R::kTime, 6, {}},
    {"started_at", R::kTime, 6, {}},
    {"timemillis", R::kTime, 2, {}},
    {"timestamp_ns", R::kTime, 1, {}},
    {"tsns", R::kTime, 0, {}},
    {"timestamp_ms", R::kTime, 2, {}},
    {"timeunixnano", R::kTime, 0, {}},
    {"time_unix_nano", R::kTime, 0, {}},
    {"start_time", R::kTime, 6, {}},
    {"edgestarttimestamp", R::kTime, 6, {}},
    {"instant.epochsecond", R::kTime, 1, {}},
    {"__realtime_timestamp", R::kTime, 1, {}},
    {"_source_realtime_timestamp", R::kTime, 0, {}},
    {"syslog_timestamp", R::kIgnored, 0, {}},
    {"observedtimeunixnano", R::kObservedTime, 0, {}},
    {"observed_timestamp", R::kObservedTime, 0, {}},
    {"receivetimestamp", R::kObservedTime, 1, {}},
    {"ingestiontime", R::kObservedTime, 2, {}},
    {"event.ingested", R::kObservedTime, 3, {}},
    // Severity
    {"severitynumber", R::kSeverityNumber, 0, {}},
    {"severity_number", R::kSeverityNumber, 0, {}},
    {"severitytext", R::kSeverity, 0, {}},
    {"severity_text", R::kSeverity, 0, {}},
    {"severity", R::kSeverity, 1, {}},
    {"level", R::kSeverity, 1, {}},
    {"lvl", R::kSeverity, 1, {}},
    {"log.level", R::kSeverity, 0, {}},
    {"log_level", R::kSeverity, 1, {}},
    {"loglevel", R::kSeverity, 1, {}},
    {"levelname", R::kSeverity, 0, {}},
    {"detected_level", R::kSeverity, 4, {}},
    {"@fields.lvl", R::kSeverity, 2, {}},
    {"@fields.level", R::kSeverity, 2, {}},
    {"@l", R::kSeverity, 1, {}},
    {"s", R::kSeverity, 5, {}},
    {"priority", R::kSeverity, 5, {}},
    {"status_text", R::kAttribute, 0, {}},
    // Body
    {"body", R::kBody, 1, {}},
    {"body.stringvalue", R::kBody, 1, {}},
    {"message", R::kBody, 2, {}},
    {"msg", R::kBody, 2, {}},
    {"@m", R::kBody, 2, {}},
    {"@mt", R::kBody, 3, {}},
    {"_msg", R::kBody, 1, {}},
    {"@message", R::kBody, 1, {}},
    {"@fields.msg", R::kBody, 3, {}},
    {"@fields.message", R::kBody, 3, {}},
    {"fields.message", R::kBody, 2, {}},
    {"log.original", R::kAttribute, 0, {}},
    {"event.original", R::kAttribute, 0, {}},
    {"event", R::kBody, 5, {}},
    {"log", R::kBody, 5, {}},
    {"text", R::kBody, 6, {}},
    {"textpayload", R::kBody, 0, {}},
    {"jsonpayload.message", R::kBody, 1, {}},
    {"jsonpayload.msg", R::kBody, 2, {}},
    {"_raw", R::kBody, 0, {}},
    {"line", R::kBody, 6, {}},
    {"logentry.formatted", R::kBody, 1, {}},
    {"logentry.message", R::kBody, 2, {}},
    {"instant.nanoofsecond", R::kIgnored, 0, {}},
    {"content", R::kBody, 6, {}},
    {"short_message", R::kBody, 4, {}},
    // Logger, service, host
    {"logger", R::kLogger, 1, {}},
    {"logger_name", R::kLogger, 1, {}},
    {"loggername", R::kLogger, 1, {}},
    {"log.logger", R::kLogger, 0, {}},
    {"target", R::kLogger, 3, {}},
    {"scope_name", R::kLogger, 0, {}},
    {"scope.name", R::kLogger, 0, {}},
    {"cl", R::kLogger, 5, {}},
    {"name", R::kLogger, 6, {}},
    {"service.name", R::kService, 0, {}},
    {"service_name", R::kService, 1, {}},
    {"servicename", R::kService, 1, {}},
    {"service", R::kService, 2, {}},
    {"resource.service.name", R::kService, 0, {}},
    {"otelservicename", R::kService, 1, {}},
    {"dd.service", R::kService, 2, {}},
    {"app", R::kService, 5, {}},
    {"application", R::kService, 5, {}},
    {"syslog_identifier", R::kService, 4, {}},
    {"kubernetes.labels.app", R::kService, 4, {}},
    {"kubernetes.labels.app.kubernetes.io/name", R::kService, 3, {}},
    {"host.name", R::kHost, 0, {}},
    {"hostname", R::kHost, 1, {}},
    {"_hostname", R::kHost, 1, {}},
    {"host.hostname", R::kHost, 1, {}},
    {"host", R::kHost, 2, {}},
    {"dd.host", R::kHost, 2, {}},
    {"agent.hostname", R::kAttribute, 3, {}},
    // Correlation
    {"trace_id", R::kTraceId, 0, {}},
    {"traceid", R::kTraceId, 0, {}},
    {"trace.id", R::kTraceId, 0, {}},
    {"oteltraceid", R::kTraceId, 0, {}},
    {"@tr", R::kTraceId, 1, {}},
    {"dd.trace_id", R::kTraceId, 3, {}},
    {"trace", R::kTraceId, 4, {}},
    {"logging.googleapis.com/trace", R::kTraceId, 2, {}},
    {"contexts.trace.trace_id", R::kTraceId, 1, {}},
    {"contexts.trace.span_id", R::kSpanId, 1, {}},
    {"span_id", R::kSpanId, 0, {}},
    {"spanid", R::kSpanId, 0, {}},
    {"span.id", R::kSpanId, 0, {}},
    {"otelspanid", R::kSpanId, 0, {}},
    {"@sp", R::kSpanId, 1, {}},
    {"dd.span_id", R::kSpanId, 3, {}},
    {"logging.googleapis.com/spanid", R::kSpanId, 2, {}},
    {"trace_flags", R::kTraceFlags, 0, {}},
    {"traceflags", R::kTraceFlags, 0, {}},
    {"event.name", R::kEventName, 0, {}},
    {"event_name", R::kEventName, 1, {}},
    {"eventname", R::kEventName, 1, {}},
    // Source code
    {"caller", R::kSourcePlace, 0, "code.caller"},
    {"code.filepath", R::kAttribute, 0, "code.file.path"},
    {"code.lineno", R::kAttribute, 0, "code.line.number"},
    {"code.function", R::kAttribute, 0, "code.function.name"},
    {"filename", R::kAttribute, 1, "code.file.path"},
    {"file.name", R::kAttribute, 2, "code.file.path"},
    {"pathname", R::kAttribute, 0, "code.file.path"},
    {"lineno", R::kAttribute, 0, "code.line.number"},
    {"line_number", R::kAttribute, 0, "code.line.number"},
    {"funcname", R::kAttribute, 0, "code.function.name"},
    {"log.origin.file.name", R::kAttribute, 0, "code.file.path"},
    {"log.origin.file.line", R::kAttribute, 0, "code.line.number"},
    {"log.origin.function", R::kAttribute, 0, "code.function.name"},
    {"code_file", R::kAttribute, 0, "code.file.path"},
    {"code_line", R::kAttribute, 0, "code.line.number"},
    {"code_func", R::kAttribute, 0, "code.function.name"},
    {"src.file", R::kAttribute, 0, "code.file.path"},
    {"src.line", R::kAttribute, 0, "code.line.number"},
    {"src.func", R::kAttribute, 0, "code.function.name"},
    // Exceptions
    {"stack", R::kAttribute, 1, "exception.stacktrace"},
    {"stacktrace", R::kAttribute, 0, "exception.stacktrace"},
    {"stack_trace", R::kAttribute, 0, "exception.stacktrace"},
    {"exc_info", R::kAttribute, 1, "exception.stacktrace"},
    {"exception", R::kAttribute, 2, "exception.stacktrace"},
    {"error.stack_trace", R::kAttribute, 0, "exception.stacktrace"},
    {"error.stack", R::kAttribute, 0, "exception.stacktrace"},
    {"error.message", R::kAttribute, 0, "exception.message"},
    {"error.type", R::kAttribute, 0, "exception.type"},
    {"error", R::kAttribute, 1, "exception.message"},
    {"err", R::kAttribute, 1, "exception.message"},
    {"err.message", R::kAttribute, 0, "exception.message"},
    {"err.name", R::kAttribute, 0, "exception.type"},
    {"err.type", R::kAttribute, 0, "exception.type"},
    {"err.stack", R::kAttribute, 0, "exception.stacktrace"},
    {"error.name", R::kAttribute, 0, "exception.type"},
    // Process
    {"pid", R::kAttribute, 0, "process.pid"},
    {"process", R::kAttribute, 1, "process.pid"},
    {"process_id", R::kAttribute, 0, "process.pid"},
    {"_pid", R::kAttribute, 0, "process.pid"},
    {"syslog_pid", R::kIgnored, 0, {}},
    {"tid", R::kAttribute, 0, "thread.id"},
    {"threadid", R::kAttribute, 0, "thread.id"},
    {"thread_id", R::kAttribute, 0, "thread.id"},
    {"thread", R::kAttribute, 1, "thread.name"},
    {"thread_name", R::kAttribute, 0, "thread.name"},
    {"threadname", R::kAttribute, 0, "thread.name"},
    {"processname", R::kAttribute, 0, "process.executable.name"},
    {"_comm", R::kAttribute, 0, "process.executable.name"},
    {"_exe", R::kAttribute, 0, "process.executable.path"},
    {"_cmdline", R::kAttribute, 0, "process.command_line"},
    {"_systemd_unit", R::kAttribute, 0, "systemd.unit"},
    {"stream", R::kAttribute, 0, "log.iostream"},
    // HTTP
    {"method", R::kAttribute, 1, "http.request.method"},
    {"http_method", R::kAttribute, 0, "http.request.method"},
    {"request_method", R::kAttribute, 0, "http.request.method"},
    {"request.method", R::kAttribute, 0, "http.request.method"},
    {"req.method", R::kAttribute, 0, "http.request.method"},
    {"clientrequestmethod", R::kAttribute, 0, "http.request.method"},
    {"path", R::kAttribute, 1, "url.path"},
    {"request_uri", R::kAttribute, 0, "url.path"},
    {"uri", R::kAttribute, 1, "url.path"},
    {"request.uri", R::kAttribute, 0, "url.path"},
    {"req.url", R::kAttribute, 0, "url.path"},
    {"clientrequesturi", R::kAttribute, 0, "url.path"},
    {"http.url", R::kAttribute, 0, "url.full"},
    {"url", R::kAttribute, 1, "url.full"},
    {"status_code", R::kAttribute, 0, "http.response.status_code"},
    {"statuscode", R::kAttribute, 0, "http.response.status_code"},
    {"http_status", R::kAttribute, 0, "http.response.status_code"},
    {"http.status_code", R::kAttribute, 0, "http.response.status_code"},
    {"response.status", R::kAttribute, 0, "http.response.status_code"},
    {"response_code", R::kAttribute, 0, "http.response.status_code"},
    {"res.statuscode", R::kAttribute, 0, "http.response.status_code"},
    {"edgeresponsestatus", R::kAttribute, 0, "http.response.status_code"},
    {"status", R::kSeverity, 6, {}},   // Datadog; anything that is no level stays an attribute
    {"user_agent", R::kAttribute, 0, "user_agent.original"},
    {"useragent", R::kAttribute, 0, "user_agent.original"},
    {"http_user_agent", R::kAttribute, 0, "user_agent.original"},
    {"clientrequestuseragent", R::kAttribute, 0, "user_agent.original"},
    {"remote_addr", R::kAttribute, 0, "client.address"},
    {"remoteaddr", R::kAttribute, 0, "client.address"},
    {"client_ip", R::kAttribute, 0, "client.address"},
    {"clientip", R::kAttribute, 0, "client.address"},
    {"request.client_ip", R::kAttribute, 0, "client.address"},
    {"request.remote_ip", R::kAttribute, 0, "network.peer.address"},
    {"response_flags", R::kAttribute, 0, "envoy.response_flags"},
    {"bytes_sent", R::kAttribute, 0, "http.response.body.size"},
    {"bytes_received", R::kAttribute, 0, "http.request.body.size"},
    // Kubernetes
    {"namespace", R::kAttribute, 0, "k8s.namespace.name"},
    {"pod", R::kAttribute, 0, "k8s.pod.name"},
    {"pod_name", R::kAttribute, 0, "k8s.pod.name"},
    {"podname", R::kAttribute, 0, "k8s.pod.name"},
    {"container", R::kAttribute, 0, "k8s.container.name"},
    {"container_name", R::kAttribute, 0, "k8s.container.name"},
    {"node", R::kAttribute, 0, "k8s.node.name"},
    {"namespace_name", R::kAttribute, 0, "k8s.namespace.name"},
    {"cluster_name", R::kAttribute, 0, "k8s.cluster.name"},
    {"logstreamname", R::kAttribute, 0, "aws.log.stream.names"},
    {"@logstream", R::kAttribute, 0, "aws.log.stream.names"},
    {"kubernetes.pod_name", R::kResource, 0, "k8s.pod.name"},
    {"kubernetes.pod.name", R::kResource, 0, "k8s.pod.name"},
    {"kubernetes.namespace_name", R::kResource, 0, "k8s.namespace.name"},
    {"kubernetes.namespace", R::kResource, 0, "k8s.namespace.name"},
    {"kubernetes.container_name", R::kResource, 0, "k8s.container.name"},
    {"kubernetes.container.name", R::kResource, 0, "k8s.container.name"},
    {"kubernetes.node.name", R::kResource, 0, "k8s.node.name"},
    {"kubernetes.host", R::kResource, 0, "k8s.node.name"},
    {"k8s.pod.name", R::kResource, 0, "k8s.pod.name"},
    {"k8s.namespace.name", R::kResource, 0, "k8s.namespace.name"},
    {"k8s.container.name", R::kResource, 0, "k8s.container.name"},
    {"k8s.node.name", R::kResource, 0, "k8s.node.name"},
    {"k8s.deployment.name", R::kResource, 0, "k8s.deployment.name"},
    {"service.version", R::kResource, 0, "service.version"},
    {"service.namespace", R::kResource, 0, "service.namespace"},
    {"deployment.environment.name", R::kResource, 0, "deployment.environment.name"},
    {"deployment.environment", R::kResource, 0, "deployment.environment"},
    // Bookkeeping
    {"ecs.version", R::kIgnored, 0, {}},
    {"@version", R::kIgnored, 0, {}},
    {"__cursor", R::kIgnored, 0, {}},
    {"__monotonic_timestamp", R::kIgnored, 0, {}},
    {"_boot_id", R::kIgnored, 0, {}},
    {"labeltypes", R::kIgnored, 0, {}},
    {"_bkt", R::kIgnored, 0, {}},
    {"_cd", R::kIgnored, 0, {}},
    {"_indextime", R::kIgnored, 0, {}},
    {"_si", R::kIgnored, 0, {}},
    {"_serial", R::kIgnored, 0, {}},
    {"_subsecond", R::kIgnored, 0, {}},
    {"punct", R::kIgnored, 0, {}},
    {"linecount", R::kIgnored, 0, {}},
    {"__seqnum", R::kIgnored, 0, {}},
    {"__seqnum_id", R::kIgnored, 0, {}},
};

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

uint32_t hashLower(std::string_view name) {
    uint32_t h = 2166136261U;
    for (const char c : name)
        h = (h ^ static_cast<unsigned char>(lower(c))) * 16777619U;
    return h ^ (h >> 15);
}

bool equalLower(std::string_view lowered, std::string_view any) {
    if (lowered.size() != any.size())
        return false;
    for (size_t i = 0; i < any.size(); ++i)
        if (lowered[i] != lower(any[i]))
            return false;
    return true;
}

constexpr size_t kSlots = 1024;
static_assert(std::size(kNames) * 2 < kSlots);

std::array<uint16_t, kSlots> buildSlots() {
    std::array<uint16_t, kSlots> slots{};
    for (size_t i = 0; i < std::size(kNames); ++i) {
        size_t slot = hashLower(kNames[i].name) % kSlots;
        while (slots[slot] != 0)
            slot = (slot + 1) % kSlots;
        slots[slot] = static_cast<uint16_t>(i + 1);
    }
    return slots;
}

}  // namespace

const FieldName* findFieldName(std::string_view name) {
    static const std::array<uint16_t, kSlots> kTable = buildSlots();
    if (name.empty() || name.size() > 48)
        return nullptr;
    for (size_t slot = hashLower(name) % kSlots; kTable[slot] != 0; slot = (slot + 1) % kSlots)
        if (const FieldName& found = kNames[kTable[slot] - 1]; equalLower(found.name, name))
            return &found;
    return nullptr;
}

}  // namespace nj::format

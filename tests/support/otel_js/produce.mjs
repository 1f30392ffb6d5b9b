// node produce.mjs DIR [PROTOCOL URL]: writes DIR/{traces,metrics,logs}.{json,pb} as the SDK serialises them, and DIR/expected.json: what
// was recorded. With PROTOCOL (grpc, proto, http) the SDK's own exporters send the same to URL.
import { writeFileSync } from 'node:fs';
import { SpanKind, SpanStatusCode, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { SeverityNumber } from '@opentelemetry/api-logs';
import * as otlp from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import * as logsSdk from '@opentelemetry/sdk-logs';
import * as metricsSdk from '@opentelemetry/sdk-metrics';
import * as traceSdk from '@opentelemetry/sdk-trace';

const dir = process.argv[2];
const resource = resourceFromAttributes({ 'service.name': 'js-producer', 'k8s.pod.name': 'js-producer-0', 'process.pid': 4711 });
const write = (name, json, proto, data) => {
  writeFileSync(`${dir}/${name}.json`, json.serializeRequest(data));
  writeFileSync(`${dir}/${name}.pb`, proto.serializeRequest(data));
};

// Spans: a root with children, every attribute type, an event with an exception, a link, an error status, unusual texts.
const spans = new traceSdk.InMemorySpanExporter();
const TracerProvider = traceSdk.BasicTracerProvider ?? traceSdk.TracerProvider;
const tracerProvider = new TracerProvider({ resource, spanProcessors: [new traceSdk.SimpleSpanProcessor({ exporter: spans })] });
const tracer = tracerProvider.getTracer('producer', '1.2.3');
const attributes = { text: 'plain', 'unicode.text': 'grüße 🐦', int: 42, negative: -7, big: 9007199254740991, double: 0.25, yes: true, no: false, list: ['a', 'b'], numbers: [1, 2, 3], empty: '' };
const root = tracer.startSpan('root', { kind: SpanKind.SERVER, attributes }, ROOT_CONTEXT);
const inRoot = trace.setSpan(ROOT_CONTEXT, root);
for (let i = 0; i < 20; ++i) {
  const child = tracer.startSpan(`child ${i}`, { kind: SpanKind.CLIENT, attributes: { index: i, 'request.id': `req-${i}` }, links: [{ context: root.spanContext() }] }, inRoot);
  if (i === 3) {
    child.recordException(new Error('boom'));
    child.setStatus({ code: SpanStatusCode.ERROR, message: 'it broke' });
  }
  child.end();
}
root.end();
await tracerProvider.forceFlush();
if (spans.getFinishedSpans().length !== 21) throw new Error("the SDK recorded " + spans.getFinishedSpans().length + " spans");
write('traces', otlp.JsonTraceSerializer, otlp.ProtobufTraceSerializer, spans.getFinishedSpans());

// Logs.
const records = new logsSdk.InMemoryLogRecordExporter();
const processors = [new logsSdk.SimpleLogRecordProcessor({ exporter: records })];
const loggerProvider = new logsSdk.LoggerProvider({ resource, processors });
const logger = loggerProvider.getLogger('producer', '1.2.3');
for (let i = 0; i < 10; ++i)
  logger.emit({ severityNumber: i === 5 ? SeverityNumber.ERROR : SeverityNumber.INFO, severityText: i === 5 ? 'ERROR' : 'INFO', body: `message ${i}`, attributes: { index: i, nested: { a: { b: i } } }, context: inRoot });
await loggerProvider.forceFlush();
let logRecords = records.getFinishedLogRecords();
if (logRecords.length === 0) throw new Error('the SDK recorded no logs');
write('logs', otlp.JsonLogsSerializer, otlp.ProtobufLogsSerializer, logRecords);

// Metrics: counter, up-down counter, gauge, explicit and exponential histograms, observable.
const exporter = new metricsSdk.InMemoryMetricExporter(metricsSdk.AggregationTemporality.CUMULATIVE);
const reader = new metricsSdk.PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3600000 });
const meterProvider = new metricsSdk.MeterProvider({
  resource,
  readers: [reader],
  views: [{ instrumentName: 'exponential', aggregation: { type: metricsSdk.AggregationType.EXPONENTIAL_HISTOGRAM } }],
});
const meter = meterProvider.getMeter('producer', '1.2.3');
meter.createCounter('requests', { unit: '{request}' }).add(3, { route: '/a' });
meter.createUpDownCounter('queue').add(-2);
meter.createGauge('temperature', { unit: 'Cel' }).record(71.5, { gpu: '3' });
const explicit = meter.createHistogram('duration', { unit: 's', advice: { explicitBucketBoundaries: [0.1, 1, 10] } });
const exponential = meter.createHistogram('exponential', { unit: 's' });
for (const v of [0.05, 0.5, 5, 50]) {
  explicit.record(v);
  exponential.record(v);
}
await reader.forceFlush();
const metrics = exporter.getMetrics()[0];
write('metrics', otlp.JsonMetricsSerializer, otlp.ProtobufMetricsSerializer, metrics);

const idOf = (span) => span.spanContext();
writeFileSync(`${dir}/expected.json`, JSON.stringify({
  traceId: idOf(root).traceId,
  rootSpanId: idOf(root).spanId,
  attributes,
  spans: spans.getFinishedSpans().map((s) => ({ id: idOf(s).spanId, name: s.name })),
  logs: logRecords.map((r) => r.body),
  metrics: ['requests', 'queue', 'temperature', 'duration', 'exponential'],
}));

const [protocol, url] = process.argv.slice(3);
if (protocol) {
  const send = async (signal, path, name, data) => {
    const Exporter = (await import(`@opentelemetry/exporter-${signal}-otlp-${protocol}`))[name];
    const exporter = new Exporter({ url: protocol === 'grpc' ? url : `${url}/v1/${path}` });
    await new Promise((resolve, reject) => exporter.export(data, (result) => (result.code === 0 ? resolve() : reject(result.error))));
    await exporter.shutdown();
  };
  await send('trace', 'traces', 'OTLPTraceExporter', spans.getFinishedSpans());
  await send('logs', 'logs', 'OTLPLogExporter', logRecords);
  await send('metrics', 'metrics', 'OTLPMetricExporter', metrics);
}

// The writers of the demo's single files. Each writes its files below `directory` and is independent of the others; `day` is
// read only. One thread.
#pragma once

#include <string>

#include "base/result.h"
#include "demo/day.h"

namespace nj::demo {

Status writeTraces(const Day& day, const std::string& directory);           // traces/*.otlp.pb.zst, *.otlp.jsonl.zst
Status writeTokenHistograms(const Day& day, const std::string& directory);  // metrics/gen-ai-usage.otlp.pb.zst
Status writeEvaluations(const Day& day, const std::string& directory);      // logs/evaluations.otlp.jsonl.zst
Status writeVllmMetrics(const Day& day, const std::string& directory);      // metrics/vllm.json.zst
Status writeGpuMetrics(const Day& day, const std::string& directory);       // metrics/dcgm.json.zst
Status writeHostMetrics(const Day& day, const std::string& directory);      // metrics/node.openmetrics.zst
Status writeProxyMetrics(const Day& day, const std::string& directory);     // metrics/envoy.json.zst, metrics/apps.json.zst
Status writeProxyLog(const Day& day, const std::string& directory);         // logs/envoy-access.log.zst
Status writeGatewayLog(const Day& day, const std::string& directory);       // logs/gateway.log.zst
Status writeEngineLogs(const Day& day, const std::string& directory);       // logs/vllm-a.log.zst, vllm-b.log.zst
Status writeServiceLogs(const Day& day, const std::string& directory);      // logs/chat-api.log.zst, retriever, vector-store
Status writeHostLogs(const Day& day, const std::string& directory);         // logs/kernel.log.zst, bmc.log.zst, k8s-events.json.zst

}  // namespace nj::demo

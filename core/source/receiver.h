// A live input that listens. Started and stopped by its owner's thread; its own threads decode and deliver.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "source/delivery.h"

namespace nj::source {

struct ListenOptions {
    std::string host = "127.0.0.1";
    uint16_t port = 0;                       // 0 = any free one
    std::string token;                       // bearer; needed where the address is no loopback
    std::vector<std::string> hosts;          // names beside localhost by which clients may call it
    std::vector<std::string> origins;        // web pages that may post; empty = none
    size_t maxBody = 64U << 20;              // decompressed, and so also of the wire
    unsigned maxConnections = 2048;
    std::string certificate, privateKey;     // PEM; with them it speaks TLS. Needed where the address is no loopback
    bool plain = false;                      // … or this: something before it does that
};

// Counters of one receiver since its start. Read from any thread.
struct ReceiverCounters {
    std::atomic<uint64_t> requests = 0, bytes = 0, spans = 0, logs = 0, samples = 0;
    std::atomic<uint64_t> rejectedRows = 0, duplicates = 0, refusedBusy = 0, refusedBad = 0, refusedLarge = 0, refusedForeign = 0;

    std::atomic<TimeNs> newest = 0;     // of the newest request's last row
    void addRows(const Batch& batch) {
        spans += batch.spans.size();
        logs += batch.logs.size();
        samples += batch.samples.size() + batch.histograms.size();
        for (const std::vector<TimeNs>* times : {&batch.spans.start, &batch.logs.time, &batch.samples.time})
            if (!times->empty())
                newest = times->back();
    }
    // Counts a refusal and keeps its reason as the last problem.
    void refuse(std::atomic<uint64_t>& counter, std::string_view why) {
        ++counter;
        const std::scoped_lock lock(mutex_);
        problem_ = {std::string(why), nowNs()};
    }
    [[nodiscard]] std::pair<std::string, TimeNs> lastProblem() const {
        const std::scoped_lock lock(mutex_);
        return problem_;
    }

private:
    mutable std::mutex mutex_;
    std::pair<std::string, TimeNs> problem_;   // guarded by mutex_
};

class Receiver {
public:
    virtual ~Receiver() = default;
    // Binds and listens. Errors: kBusy for a taken port, kInvalidArgument for an address or one that needs a token and TLS.
    virtual Status start() = 0;
    // Finishes what is being answered, at most for a few seconds. Idempotent.
    virtual void stop() = 0;
    // "127.0.0.1:4318", with the port that was bound.
    [[nodiscard]] virtual std::string address() const = 0;
    [[nodiscard]] virtual const ReceiverCounters& counters() const = 0;
};

// OTLP/HTTP (/v1/traces, /v1/metrics, /v1/logs) and Prometheus remote write (/api/v1/write). `target` outlives the receiver.
std::unique_ptr<Receiver> createHttpReceiver(ListenOptions options, DeliveryTarget& target);
// OTLP/gRPC.
std::unique_ptr<Receiver> createGrpcReceiver(ListenOptions options, DeliveryTarget& target);

// True for 127.0.0.0/8, ::1 and "localhost".
bool isLoopback(std::string_view host);
// "HOST:PORT", ":PORT", "PORT", "[::1]:4318"; the port is `defaultPort` where none is named.
Result<ListenOptions> parseListen(std::string_view text, uint16_t defaultPort);

}  // namespace nj::source

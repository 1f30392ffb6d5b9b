// What a live source hands over, and who takes it. The source's threads call deliver(); the answer comes from the writer's thread once
// the batch is durable. Values only.
#pragma once

#include <functional>
#include <string>

#include "base/hash.h"
#include "base/result.h"
#include "model/batch.h"
#include "model/batch_sink.h"

namespace nj::source {

// What became of a delivery. The sender is told success only for kCommitted and kDuplicate.
enum class Outcome : uint8_t {
    kCommitted,
    kDuplicate,   // the same request was committed before: nothing was stored again
    kBusy,        // the queue or the disk is full, or the receiver goes down: deliver again later
};

struct Delivery {
    std::string source;   // as the manifest shows it: "OTLP/gRPC 127.0.0.1:4317"
    std::string format;   // "otlp_grpc"
    Batch batch;
    Hash128 request{};    // of the decompressed body; all zero = none
    LiveCursor cursor = {};   // durable together with the batch
    // Called once, from the writer's thread or, where the delivery is refused, from the caller's. Must not block.
    std::function<void(Outcome, const std::string& why)> done;
};

class DeliveryTarget {
public:
    virtual ~DeliveryTarget() = default;
    // Any thread; never waits.
    virtual void deliver(Delivery&& delivery) = 0;
    // Room for `bytes` more decoded bytes, asked before a body is decoded. Any thread.
    [[nodiscard]] virtual bool hasRoom(size_t bytes) const = 0;
    // How far the source of that name had come when its last delivery was committed, in this run or one before it; "" = never. Any thread.
    [[nodiscard]] virtual std::string cursor(const std::string& name) const = 0;
};

}  // namespace nj::source

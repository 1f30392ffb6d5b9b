// One thread's view of the capsule that the API answers from, brought up to date for each request where something was committed since.
#pragma once

#include <memory>
#include <string>

#include "promql/capsule/capsule_querier.h"
#include "store/capsule_reader.h"

namespace nj::api {

class ServedCapsule {
public:
    static Result<std::unique_ptr<ServedCapsule>> open(const std::string& path);

    Status refresh();
    // Of the last refresh; they live until the next.
    promql::CapsuleQuerier& querier() { return *querier_; }
    store::CapsuleReader& reader() { return *reader_; }

private:
    explicit ServedCapsule(std::unique_ptr<store::CapsuleReader> reader) : reader_(std::move(reader)) {}

    std::unique_ptr<store::CapsuleReader> reader_;
    std::shared_ptr<const store::Snapshot> snapshot_;
    std::unique_ptr<promql::CapsuleQuerier> querier_;
};

}  // namespace nj::api

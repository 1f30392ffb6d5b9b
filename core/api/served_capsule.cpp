#include "api/served_capsule.h"

namespace nj::api {

Result<std::unique_ptr<ServedCapsule>> ServedCapsule::open(const std::string& path) {
    NJ_ASSIGN(auto reader, store::CapsuleReader::open(path));
    std::unique_ptr<ServedCapsule> served(new ServedCapsule(std::move(reader)));
    NJ_RETURN_IF_ERROR(served->refresh());
    return served;
}

Status ServedCapsule::refresh() {
    NJ_ASSIGN(std::shared_ptr<const store::Snapshot> now, reader_->snapshot());
    if (querier_ && now == snapshot_)  // the reader gives the same one until something was committed or corrected
        return {};
    NJ_ASSIGN(auto querier, promql::CapsuleQuerier::of(*reader_));
    querier_ = std::move(querier);
    snapshot_ = std::move(now);
    return {};
}

}  // namespace nj::api

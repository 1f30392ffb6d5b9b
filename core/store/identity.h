// Resources, scopes and series as bytes: what the catalogue stores and compares. FORMAT.md, "Catalogue". Pure functions; the
// decoders take untrusted bytes.
#pragma once

#include <string>
#include <string_view>

#include "base/hash.h"
#include "base/result.h"
#include "model/batch.h"
#include "model/resource.h"
#include "store/capsule_reader.h"

namespace nj::store {

std::string encodeResource(const Resource& resource);
Status decodeResource(std::string_view bytes, Resource& resource);
std::string encodeScope(const Scope& scope);
Status decodeScope(std::string_view bytes, Scope& scope);
// resource and scope are ids of the capsule here.
std::string encodeSeries(const SeriesKey& key);
Status decodeSeries(std::string_view bytes, SeriesRow& row);
// What makes two series the same: OTLP all but the description, Prometheus the label set.
Hash128 seriesIdentity(const SeriesKey& key);

}  // namespace nj::store

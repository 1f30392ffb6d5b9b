// Fuzz entry of the format prometheus_text: any bytes, in two pieces, must neither crash nor stop the reader.
#include "fuzz_format.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) { return nj::fuzz::readFormat("prometheus_text", data, size); }

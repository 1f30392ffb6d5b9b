// The entry that libFuzzer and the replay program call; every *_fuzz.cpp defines it once. Returns 0.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

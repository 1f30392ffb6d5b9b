// How the allocator treats freed memory while segments are encoded. The only allocator-specific place; without glibc it does nothing.
#pragma once

namespace nj::store {

// Encoding frees and takes megabytes a thousand times a second: giving them back to the system each time cost two thirds of the rate.
void keepFreedMemory();
// Gives back what is free now.
void releaseFreedMemory();

}  // namespace nj::store

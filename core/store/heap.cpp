#include "store/heap.h"

#include <cstdlib>   // defines __GLIBC__

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace nj::store {

void keepFreedMemory() {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 128 << 20);
    mallopt(M_TOP_PAD, 8 << 20);
#endif
}

void releaseFreedMemory() {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

}  // namespace nj::store

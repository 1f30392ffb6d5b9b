#include "format_fuzz.h"

NJ_FUZZ_FORMAT("kubernetes_events")

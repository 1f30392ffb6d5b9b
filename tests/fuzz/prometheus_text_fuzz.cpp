#include "format_fuzz.h"

NJ_FUZZ_FORMAT("prometheus_text")

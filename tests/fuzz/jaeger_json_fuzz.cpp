#include "format_fuzz.h"

NJ_FUZZ_FORMAT("jaeger_json")

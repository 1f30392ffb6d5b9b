#include "format_fuzz.h"

NJ_FUZZ_FORMAT("zipkin_json")

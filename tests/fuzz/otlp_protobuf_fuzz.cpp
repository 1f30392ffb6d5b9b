#include "format_fuzz.h"

NJ_FUZZ_FORMAT("otlp_protobuf")

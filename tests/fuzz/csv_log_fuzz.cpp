#include "format_fuzz.h"

NJ_FUZZ_FORMAT("log_csv")

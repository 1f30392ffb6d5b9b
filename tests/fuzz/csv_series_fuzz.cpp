#include "format_fuzz.h"

NJ_FUZZ_FORMAT("series_csv")

#include "format_fuzz.h"

NJ_FUZZ_FORMAT("nvidia_smi_csv")

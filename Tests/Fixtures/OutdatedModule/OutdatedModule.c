#include "OutdatedModule.h"
#include <stdlib.h>

int64_t guildhall_contract(void) { return 999; }

/* The host must not come this far. */
void *guildhall_module(void) { abort(); }

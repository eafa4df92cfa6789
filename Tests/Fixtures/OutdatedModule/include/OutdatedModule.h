#include <stdint.h>

int64_t guildhall_contract(void);
void *guildhall_module(void);

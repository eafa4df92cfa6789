// glibc (2.34 and later) shows this one only with _GNU_SOURCE, which Swift's Glibc is read without.
#include <spawn.h>
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);

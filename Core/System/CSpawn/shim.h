// glibc (2.34 and later) shows these only with _GNU_SOURCE, which Swift's Glibc is read without.
#include <spawn.h>
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);
extern int pipe2(int ends[2], int flags);
extern int accept4(int socket, void *address, unsigned int *length, int flags);

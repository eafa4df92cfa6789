// prctl takes a changing number of arguments, which Swift does not call; glibc shows struct ucred
// only with _GNU_SOURCE, which Swift's Glibc is read without; addresses of mappings are numbers.
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

// 0, or -1 and errno.
static inline int process_close_memory(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

// 1 when others of this user may read this process's memory, 0 when not.
static inline int process_memory_is_open(void) { return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0); }

// The user at the other end of a Unix socket, or -1 and errno.
static inline long long socket_peer_user(int socket) {
    struct { int pid; unsigned int uid; unsigned int gid; } peer;
    socklen_t size = sizeof peer;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return -1;
    return peer.uid;
}

// Takes the pages of this process's code out of its memory: what runs on reads its own again from
// the file, mostly from the page cache, as it did the first time. Sound for code alone: it is mapped
// from files, never written, and not relocated, so that the file still has what the page had.
// The bytes that were released, or -1 and errno.
static inline long long process_release_code(void) {
    FILE *maps = fopen("/proc/self/maps", "re");
    if (!maps) return -1;
    char line[4608];
    long long released = 0;
    while (fgets(line, sizeof line, maps)) {
        unsigned long from, until, inode;
        char access[8];
        if (sscanf(line, "%lx-%lx %7s %*s %*s %lu", &from, &until, access, &inode) != 4) continue;
        // The kernel's own pages belong to no file.
        if (inode == 0 || strcmp(access, "r-xp") != 0) continue;
        if (madvise((void *)from, until - from, MADV_DONTNEED) == 0)
            released += (long long)(until - from);
    }
    fclose(maps);
    return released;
}

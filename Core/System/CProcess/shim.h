// prctl takes a changing number of arguments, which Swift does not call; glibc shows struct ucred
// only with _GNU_SOURCE, which Swift's Glibc is read without.
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

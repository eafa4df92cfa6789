#include <zlib.h>

// A macro in zlib's header, which Swift does not see; 16 above the window asks for gzip's frame.
static inline int czlib_gzip_begin(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}

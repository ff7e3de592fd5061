/* Fails operations on files below a folder, as a full or a broken disk does (LD_PRELOAD).
 *
 * FAULTS_FOLDER is the folder, FAULTS_CONTROL a file of five numbers of 64 bits that both sides map:
 *   0 operations counted so far      1 the first that fails, 0: none
 *   2 the last that fails            3 how: 1 no space, 2 I/O error, 3 half is written, then no space
 *   4 how many have failed
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

enum { COUNT, FIRST, LAST, KIND, FAILED };
enum { WELL, FAIL, HALF };
#define MOST 65536

static volatile int64_t *control;
static const char *folder;
static size_t folder_length;
static char watched[MOST];

#define REAL(name) ((__typeof__(name) *)real(#name))

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("FAULTS_CONTROL");
    folder = getenv("FAULTS_FOLDER");
    if (!path || !folder) return;
    folder_length = strlen(folder);
    int fd = REAL(open)(path, O_RDWR);
    if (fd < 0) return;
    void *mapped = mmap(NULL, 5 * sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    REAL(close)(fd);
    if (mapped != MAP_FAILED) control = mapped;
}

static int is_below(const char *path) {
    return control && path && strncmp(path, folder, folder_length) == 0;
}

static int is_watched(int fd) { return control && fd >= 0 && fd < MOST && watched[fd]; }

/* Counts an operation; what is to become of it, with errno set where it is to fail. */
static int next(int writes) {
    int64_t number = __atomic_add_fetch(&control[COUNT], 1, __ATOMIC_SEQ_CST);
    if (!control[FIRST] || number < control[FIRST] || number > control[LAST]) return WELL;
    __atomic_add_fetch(&control[FAILED], 1, __ATOMIC_SEQ_CST);
    if (control[KIND] == 3 && number == control[FIRST]) return writes ? HALF : WELL;
    errno = control[KIND] == 2 ? EIO : ENOSPC;
    return FAIL;
}

static int opened(int fd, const char *path) {
    if (fd >= 0 && fd < MOST) watched[fd] = is_below(path);
    return fd;
}

#define OPEN(name)                                                             \
    int name(const char *path, int flags, ...) {                               \
        va_list more;                                                          \
        va_start(more, flags);                                                 \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0; \
        va_end(more);                                                          \
        if (is_below(path) && (flags & (O_WRONLY | O_RDWR | O_CREAT)) &&        \
            next(0) == FAIL)                                                   \
            return -1;                                                         \
        return opened(REAL(name)(path, flags, mode), path);                     \
    }
OPEN(open)
OPEN(open64)

int close(int fd) {
    if (fd >= 0 && fd < MOST) watched[fd] = 0;
    return REAL(close)(fd);
}

#define DATA(name, parameters, arguments)                                   \
    ssize_t name parameters {                                               \
        int became = is_watched(fd) ? next(1) : WELL;                       \
        if (became == FAIL) return -1;                                      \
        if (became == HALF) size = (size + 1) / 2;                          \
        return REAL(name) arguments;                                        \
    }
DATA(write, (int fd, const void *data, size_t size), (fd, data, size))
DATA(pwrite, (int fd, const void *data, size_t size, off_t at), (fd, data, size, at))
DATA(pwrite64, (int fd, const void *data, size_t size, off64_t at), (fd, data, size, at))

#define ON_FILE(name, parameters, arguments)                    \
    int name parameters {                                       \
        if (is_watched(fd) && next(0) == FAIL) return -1;       \
        return REAL(name) arguments;                            \
    }
ON_FILE(fsync, (int fd), (fd))
ON_FILE(fdatasync, (int fd), (fd))
ON_FILE(ftruncate, (int fd, off_t size), (fd, size))
ON_FILE(ftruncate64, (int fd, off64_t size), (fd, size))
ON_FILE(fallocate, (int fd, int mode, off_t from, off_t size), (fd, mode, from, size))

#define ON_PATH(name, parameters, arguments)                    \
    int name parameters {                                       \
        if (is_below(path) && next(0) == FAIL) return -1;       \
        return REAL(name) arguments;                            \
    }
ON_PATH(rename, (const char *path, const char *to), (path, to))
ON_PATH(unlink, (const char *path), (path))
ON_PATH(remove, (const char *path), (path))
ON_PATH(mkdir, (const char *path, mode_t mode), (path, mode))

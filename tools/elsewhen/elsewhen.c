/* LD_PRELOAD: the calendar of a process and of the files it sees, moved by ELSEWHEN_SECONDS.
 *
 * Only what tells the date moves. What measures durations (CLOCK_MONOTONIC, sleep, poll) does not, which
 * is where libfaketime and servers part. Times of files move too: a world where the clock says 2028 and
 * a file just written says 2026 exists nowhere.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>

static long moved(void) {
    static long seconds;
    static int known;
    if (!known) {
        const char *text = getenv("ELSEWHEN_SECONDS");
        seconds = text ? atol(text) : 0;
        known = 1;
    }
    return seconds;
}

#define REAL(name)                                        \
    static __typeof__(&name) real;                        \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

int clock_gettime(clockid_t clock, struct timespec *at) {
    REAL(clock_gettime);
    int failed = real(clock, at);
    if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI))
        at->tv_sec += moved();
    return failed;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone) {
    REAL(gettimeofday);
    int failed = real(at, zone);
    if (!failed) at->tv_sec += moved();
    return failed;
}

time_t time(time_t *at) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at) *at = now.tv_sec;
    return now.tv_sec;
}

int timespec_get(struct timespec *at, int base) {
    return base == TIME_UTC && !clock_gettime(CLOCK_REALTIME, at) ? base : 0;
}

/* a wait until a moment of the moved calendar is one until a moment of the machine's */
int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict until) {
    REAL(sem_timedwait);
    struct timespec here = {until->tv_sec - moved(), until->tv_nsec};
    return real(semaphore, &here);
}

#define MOVE(status)                      \
    do {                                  \
        (status)->st_atim.tv_sec += moved(); \
        (status)->st_mtim.tv_sec += moved(); \
        (status)->st_ctim.tv_sec += moved(); \
    } while (0)

#define STAT(name, parameters, ...)         \
    int name parameters {                   \
        REAL(name);                         \
        int failed = real(__VA_ARGS__);     \
        if (!failed) MOVE(status);          \
        return failed;                      \
    }

STAT(stat, (const char *restrict path, struct stat *restrict status), path, status)
STAT(lstat, (const char *restrict path, struct stat *restrict status), path, status)
STAT(fstat, (int file, struct stat *status), file, status)
STAT(fstatat, (int at, const char *restrict path, struct stat *restrict status, int flags),
     at, path, status, flags)
STAT(stat64, (const char *restrict path, struct stat64 *restrict status), path, status)
STAT(lstat64, (const char *restrict path, struct stat64 *restrict status), path, status)
STAT(fstat64, (int file, struct stat64 *status), file, status)
STAT(fstatat64, (int at, const char *restrict path, struct stat64 *restrict status, int flags),
     at, path, status, flags)

int statx(int at, const char *restrict path, int flags, unsigned mask, struct statx *restrict status) {
    REAL(statx);
    int failed = real(at, path, flags, mask, status);
    if (!failed) {
        status->stx_atime.tv_sec += moved();
        status->stx_btime.tv_sec += moved();
        status->stx_ctime.tv_sec += moved();
        status->stx_mtime.tv_sec += moved();
    }
    return failed;
}

static const struct timespec *back(const struct timespec given[2], struct timespec here[2]) {
    if (!given) return given;
    for (int i = 0; i < 2; i++) {
        here[i] = given[i];
        if (given[i].tv_nsec != UTIME_NOW && given[i].tv_nsec != UTIME_OMIT) here[i].tv_sec -= moved();
    }
    return here;
}

int utimensat(int at, const char *path, const struct timespec times[2], int flags) {
    REAL(utimensat);
    struct timespec here[2];
    return real(at, path, back(times, here), flags);
}

int futimens(int file, const struct timespec times[2]) {
    REAL(futimens);
    struct timespec here[2];
    return real(file, back(times, here));
}

/*
 * What a disk has after a power cut: preloaded into a process (LD_PRELOAD), it keeps a second folder that holds only what was
 * synced. After each fsync or fdatasync of a file in SHADOW_OF its content is copied to SHADOW_IN, under a name that is then
 * given up, so that a kill in the middle of a copy leaves the earlier one. Files that are renamed or deleted are so at once.
 * Not shown: torn sectors, lost names of files, and calls that go past libc.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int copy(int from, int to) {
  char block[65536];
  off_t at = 0;
  for (;;) {
    ssize_t got = pread(from, block, sizeof block, at);
    if (got <= 0) return (int)got;
    for (ssize_t done = 0; done < got;) {
      ssize_t put = write(to, block + done, got - done);
      if (put < 0) return -1;
      done += put;
    }
    at += got;
  }
}

/* The same file in the shadow; 0 when it lies elsewhere. */
static int shadow_of(const char *path, char *out) {
  const char *live = getenv("SHADOW_OF"), *shadow = getenv("SHADOW_IN");
  if (!live || !shadow) return 0;
  size_t length = strlen(live);
  if (strncmp(path, live, length) != 0 || path[length] != '/') return 0;
  return snprintf(out, PATH_MAX, "%s%s", shadow, path + length) < PATH_MAX;
}

static void keep(int fd) {
  char link[64], path[PATH_MAX], target[PATH_MAX], part[PATH_MAX + 32];
  struct stat status;
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return;
  path[length] = 0;
  if (!shadow_of(path, target)) return;
  snprintf(part, sizeof part, "%s.part-%d", target, gettid());
  /* Opened anew: the caller's descriptor may be for writing only. */
  int from = open(path, O_RDONLY), to = open(part, O_CREAT | O_TRUNC | O_WRONLY, 0600);
  if (from < 0 || to < 0 || copy(from, to) != 0) abort();
  close(from);
  close(to);
  static int (*real_rename)(const char *, const char *);
  if (!real_rename) real_rename = dlsym(RTLD_NEXT, "rename");
  if (real_rename(part, target) != 0) abort();
}

int fsync(int fd) {
  static int (*real)(int);
  if (!real) real = dlsym(RTLD_NEXT, "fsync");
  int result = real(fd);
  if (result == 0) keep(fd);
  return result;
}

int fdatasync(int fd) {
  static int (*real)(int);
  if (!real) real = dlsym(RTLD_NEXT, "fdatasync");
  int result = real(fd);
  if (result == 0) keep(fd);
  return result;
}

int unlink(const char *path) {
  static int (*real)(const char *);
  if (!real) real = dlsym(RTLD_NEXT, "unlink");
  char target[PATH_MAX];
  int result = real(path);
  if (result == 0 && shadow_of(path, target)) real(target);
  return result;
}

int rename(const char *from, const char *to) {
  static int (*real)(const char *, const char *);
  if (!real) real = dlsym(RTLD_NEXT, "rename");
  char shadow_from[PATH_MAX], shadow_to[PATH_MAX];
  int result = real(from, to);
  if (result == 0 && shadow_of(from, shadow_from) && shadow_of(to, shadow_to)) real(shadow_from, shadow_to);
  return result;
}
